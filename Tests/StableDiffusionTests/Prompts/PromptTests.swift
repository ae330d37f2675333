import Foundation
import Testing

@testable import Generation
@testable import StableDiffusion

/// Against the published grammar, run by lark: Tests/goldens/prompts_golden.py.
@Suite struct PromptTests {
  private static func golden(_ name: String) throws -> [(String, [[Any]])] {
    let data = try Data(contentsOf: URL(filePath: try Goldens.path("prompts/prompts.json")))
    let all = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [[Any]]])
    return try (all[name] ?? []).map { entry in
      (try #require(entry[0] as? String), try #require(entry[1] as? [[Any]]))
    }
  }

  @Test(arguments: [("schedule", 10, 0, 400), ("second", 6, 10, 20)])
  func `prompts change as the grammar says`(golden: String, steps: Int, first: Int, count: Int) throws {
    let cases = try Self.golden(golden)
    #expect(cases.count >= count)
    for (prompt, expected) in cases {
      let parts = try expected.map {
        PromptSchedule.Part(until: try #require($0[0] as? Int), text: try #require($0[1] as? String))
      }
      #expect(PromptSchedule(prompt, steps: steps, after: first).parts == parts, "\(prompt.debugDescription)")
    }
  }

  @Test func `brackets weigh as the rules say`() throws {
    let cases = try Self.golden("attention")
    #expect(cases.count > 400)
    for (prompt, expected) in cases {
      let pieces = PromptAttention.parse(prompt)
      #expect(pieces.map(\.text) == expected.map { $0[0] as? String }, "\(prompt.debugDescription)")
      // Reading JSON here may lose the last bit.
      for (piece, values) in zip(pieces, expected) {
        let weight = try #require((values[1] as? NSNumber)?.doubleValue)
        #expect(abs(piece.weight - weight) <= 1e-14, "\(prompt.debugDescription)")
      }
    }
  }

  /// Pieces as `text|weight`, one after the other.
  private static func shown(_ pieces: [WeightedText]) -> String {
    pieces.map { "\($0.text)|\($0.weight)" }.joined(separator: "/")
  }

  private static let pairs: [[String]] = [
    ["(a:-1)", "a|-1.0"], ["(a:1.3 )", "a|1.3"], ["(a :1.3)", "a |1.3"], ["(a:.5)", "a|0.5"],
    ["(a:1.2", "a:1.2|1.1"], ["()", "|1.0"], ["", "|1.0"], ["[a:0.5]", "a:0.5|0.9090909090909091"],
    ["(a:1.2.3)", "a:1.2.3|1.1"],
    [
      "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
      "a |1.0/house|1.5730000000000004/ |1.1/on|1.0/ a |1.1/hill|0.55/, sun, |1.1/sky|1.4641000000000006/.|1.1",
    ],
  ]

  @Test(arguments: pairs) func `the pairs of the conventions`(_ pair: [String]) {
    #expect(Self.shown(PromptAttention.parse(pair[0])) == pair[1])
  }

  private static let compositions: [[String]] = [
    ["a AND b", "a|1.0/ b|1.0"], ["a:0.5 AND b :1.2 ", "a|0.5/ b|1.2"], ["a:-1", "a|-1.0"],
    ["sand AND ANDES", "sand|1.0/ ANDES|1.0"], ["a : .5", "a|0.5"], ["a:1.", "a|1.0"], ["", "|1.0"],
    ["a:1.2.3", "a:1.2.3|1.0"], ["AND", "|1.0/|1.0"], ["a: b", "a: b|1.0"], ["a\nb:2\n", "a\nb|2.0"],
  ]

  @Test(arguments: compositions) func `compositions and their weights`(_ pair: [String]) {
    #expect(Self.shown(PromptComposition.parse(pair[0])) == pair[1])
  }

  @Test func `tags of other networks are cut out`() {
    let (text, networks) = ExtraNetwork.cut(
      from: "a <lora:style v2:0.8:0.5> cat <3 <hypernet:h:1> <lora:x:te=0.1:unet=2> 1 < 2 > <lora:> <lora:y")
    #expect(text == "a  cat <3   1 < 2 > <lora:> <lora:y")
    #expect(
      networks == [
        ExtraNetwork(kind: "lora", arguments: ["style v2", "0.8", "0.5"], named: [:]),
        ExtraNetwork(kind: "hypernet", arguments: ["h", "1"], named: [:]),
        ExtraNetwork(kind: "lora", arguments: ["x"], named: ["te": "0.1", "unet": "2"]),
      ])
  }

  @Test func `deep and long prompts end`() {
    let deep = String(repeating: "(", count: 2000) + "a" + String(repeating: ")", count: 2000)
    #expect(PromptSchedule(deep, steps: 20).parts == [.init(until: 20, text: deep)])
    #expect(PromptAttention.parse(deep).count == 1)
    let open = String(repeating: "[a:", count: 1300)
    #expect(PromptSchedule(open, steps: 20).text(at: 1) == open)
    let mixed = String(repeating: "[(a|[b:", count: 500)
    #expect(!PromptSchedule(mixed, steps: 20).parts.isEmpty)
    #expect(PromptSchedule("[a:b:1e400] [c:d:-1e400]", steps: 5).text(at: 5) == "a d")
  }
}
