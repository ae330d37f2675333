import Generation
import Testing

@Suite("Lines of a file of prompts")
struct PromptLineTests {
  @Test("A line is a prompt as it stands, also with commas and dashes in it")
  func plain() throws {
    let line = try PromptLine("a cat, sitting - on a mat")
    #expect(line.changes == ["prompt": .text("a cat, sitting - on a mat")])
    #expect(try PromptLine("a cat --steps 30").changes == ["prompt": .text("a cat --steps 30")])
  }

  @Test("A1111's flags set the request's fields")
  func flags() throws {
    let line = try PromptLine(
      #"--prompt "a \"big\" cat" --negative_prompt 'rain, fog' --steps 30 --cfg_scale 6.5 --sampler_name "DPM++ 2M" --seed 7 --subseed 3 --subseed_strength .5 --width 512 --height 768 --tiling true --sd_model other --styles a,b --batch_size 2 --n_iter 3"#
    )
    #expect(line.label == #"a "big" cat"#)
    #expect(
      line.changes == [
        "prompt": .text(#"a "big" cat"#), "negative_prompt": .text("rain, fog"), "steps": .integer(30),
        "guidance_scale": .number(6.5), "sampler": .text("DPM++ 2M"), "seed": .integer(7),
        "variation_seed": .integer(3), "variation_strength": .number(0.5), "width": .integer(512),
        "height": .integer(768), "tiling": .boolean(true), "model": .text("other"), "styles": .text("a|b"),
        "batch_count": .integer(6),
      ])
  }

  @Test("Seeds may be -1, and empty lines are none")
  func lines() throws {
    let lines = try PromptLine.lines("a\r\n\n  \n--seed -1\nb")
    #expect(lines.map(\.label) == ["a", "--seed -1", "b"])
    #expect(lines[1].changes == ["seed": .integer(-1)])
  }

  @Test(
    "What is wrong names its line",
    arguments: [
      #"--prompt "a"#, "--steps", "--steps many", "--outpath_samples /etc", "--prompt a b", "--n_iter 0",
      "--batch_size 100 --n_iter 2", "--prompt a" + String(repeating: " --n_iter 100", count: 10),
      "--tiling maybe", "--steps 1-3", "-- a",
    ])
  func wrong(line: String) {
    let error = #expect(throws: UserError.self) { try PromptLine.lines("a cat\n\(line)") }
    #expect(error?.message.hasPrefix("line 2: ") == true, "\(String(describing: error))")
  }
}
