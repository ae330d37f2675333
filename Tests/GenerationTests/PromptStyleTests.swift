import Generation
import Testing

@Suite struct PromptStyleTests {
  @Test(arguments: [
    ["a cat", "oil", "a cat, oil"], [" a cat ", " oil ", "a cat, oil"], ["", "oil", "oil"],
    ["a cat", "", "a cat"],
    ["a cat", "oil of {prompt}, {prompt}!", "oil of a cat, a cat!"], ["", "of {prompt}", "of "],
  ]) func `a style stands around the prompt or behind it`(texts: [String]) {
    #expect(PromptStyle.merged(texts[0], with: texts[1]) == texts[2])
  }

  @Test func `the web UI's file is read, with commas, quotes and lines in fields`() {
    let text =
      "\u{FEFF}name,prompt,negative_prompt\r\nOil,\"oil, \"\"thick\"\"\",\"photo\nflat\"\r\n,nameless,x\r\n\nOil,again,\nInk,ink"
    #expect(
      PromptStyle.parse(text) == [
        PromptStyle(name: "Oil", prompt: "oil, \"thick\"", negativePrompt: "photo\nflat"),
        PromptStyle(name: "Ink", prompt: "ink"),
      ])
    #expect(PromptStyle.parse("name,text\nOld,old words") == [PromptStyle(name: "Old", prompt: "old words")])
    for text in ["", "\"", "name", "a,b\n1,2", "name,prompt\n\"open,x"] { _ = PromptStyle.parse(text) }
  }

  @Test func `a style nobody has is an error with the nearest name`() throws {
    let styles = [PromptStyle(name: "Watercolour", prompt: "x")]
    #expect(try PromptStyle.find(["watercolour"], in: styles) == styles)
    let error = try #require(throws: UserError.self) { try PromptStyle.find(["Watercolor"], in: styles) }
    #expect(error.code == "unknown_style" && error.field == "styles")
    #expect(error.message.contains("did you mean 'Watercolour'?"))
  }

  @Test func `names of files are found without regard to case and ending`() throws {
    let files = [
      ExtraDescription(name: "Detail", sizeBytes: 1), ExtraDescription(name: "x.vae.pt", sizeBytes: 1),
    ]
    for name in ["Detail", "detail", "DETAIL.safetensors"] {
      #expect(try NameLookup.extra("lora", name, in: files, field: "prompt").name == "Detail")
    }
    #expect(try NameLookup.extra("vae", "X.vae", in: files, field: "vae").name == "x.vae.pt")
    #expect(throws: UserError.self) { try NameLookup.extra("lora", "", in: files, field: "prompt") }
  }
}
