import Foundation
import Generation
import StableDiffusion
import Testing

/// Against the published rules in Python: Tests/goldens/prompts_golden.py.
@Suite struct InfotextReaderTests {
  private struct Expected: Decodable {
    var prompt: String
    var negative_prompt: String
    var settings: [String: String]
  }

  @Test func `reads what the web UI's own rules read`() throws {
    let data = try Data(contentsOf: URL(filePath: try Goldens.path("prompts/prompts.json")))
    let all = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [[Any]]])
    let cases = try #require(all["infotext"])
    #expect(cases.count > 200)
    for entry in cases {
      let text = try #require(entry[0] as? String)
      let expected = try JSONDecoder().decode(
        Expected.self, from: try JSONSerialization.data(withJSONObject: entry[1]))
      let read = InfotextReader(text)
      #expect(read.prompt == expected.prompt, "\(text.debugDescription)")
      #expect(read.negativePrompt == expected.negative_prompt, "\(text.debugDescription)")
      let settings = Dictionary(read.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
      #expect(settings == expected.settings, "\(text.debugDescription)")
    }
  }

  @Test func `reads back what is written`() throws {
    var request = PictureMetadataTests.request("a (cat:1.2),\nblack", negative: "dog\nrat")
    request.emphasis = .noNorm
    var model = PictureMetadataTests.model
    model.name = "a, b: \"c\""
    let text = try #require(PictureMetadataTests.parameters(request, 1, model: model))
    let read = InfotextReader(text)
    #expect(read.prompt == request.prompt && read.negativePrompt == request.negativePrompt)
    #expect(read["Model"] == model.name && read["Seed"] == "965400087" && read["Emphasis"] == "No norm")
    #expect(read["Size-1"] == "512" && read["Size-2"] == "768" && read["Size"] == nil)
  }
}
