import Foundation
import Generation

@testable import Server
@testable import StableDiffusion

/// Parsers of text: prompts and picture texts never fail, JSON agrees with itself.
enum TextFuzz {
  static func json(_ bytes: [UInt8]) {
    guard let value = try? JSONParser.parse(bytes), isOrdinary(value) else { return }
    // What is accepted is at least what Foundation accepts: a value must not differ between two readers.
    precondition(
      (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil,
      "accepted what Foundation refuses: \(value)")
  }

  /// Foundation refuses numbers that no double can hold; here the field that they are for does.
  private static func isOrdinary(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let number): number.text == "0" || number.double?.isNormal == true
    case .array(let items): items.allSatisfy(isOrdinary)
    case .object(let object): object.members.allSatisfy { isOrdinary($0.value) }
    case .null, .bool, .string: true
    }
  }

  static let values = [
    #"{"prompt":"a \"cat\" é \u00e9","seed":-1,"steps":20,"guidance_scale":7.5e0,"x":[true,false,null,{}]}"#,
    "[]", " 1 ", #""\ud83d\ude00""#,
  ]

  static func prompt(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let (rest, _) = ExtraNetwork.cut(from: text)
    let schedule = PromptSchedule(rest, steps: 20)
    for part in schedule.parts {
      for subprompt in PromptComposition.parse(part.text) {
        for piece in PromptAttention.parse(subprompt.text) {
          precondition(!piece.weight.isNaN, "a weight is no number")
        }
      }
    }
  }

  static let prompts = [
    "a (cat:1.3) and [dog|bird] AND a [red:blue:0.5] house:0.8 BREAK ((x)) \\(y\\) <lora:a:0.5:1>",
    "[a:b:10][:c:.5][d::3]((((((e))))))[f|g|h]",
  ]

  /// The axis, its values and the prompt, a NUL between them.
  static func grid(_ bytes: [UInt8]) {
    let texts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard texts.count == 3 else { return }
    let plan = try? GridPlan(
      x: (texts[0], texts[1]), y: nil, z: nil, prompt: texts[2], negativePrompt: "", most: 100)
    guard let plan else { return }
    precondition((1...100).contains(plan.cells.count), "a grid has \(plan.cells.count) cells")
    precondition(plan.x?.labels.count ?? 1 == plan.cells.count, "a cell has no label")
  }

  static let grids = [
    "Steps\u{0}1-10 (+3), 20, 30-50 [3]\u{0}a cat", "Prompt order\u{0}a, \"b\"\u{0}a and b",
    "Prompt S/R\u{0}a, bb,\u{0}a cat", "Size\u{0}64x64,128 x 64\u{0}",
    "Prompts\u{0}--prompt \"a \\\"b\" --steps 3 --n_iter 2\na dog\u{0}", "Tiling\u{0}true,false\u{0}",
  ]

  static func infotext(_ bytes: [UInt8]) {
    let read = InfotextReader(String(decoding: bytes, as: UTF8.self))
    for setting in read.settings { precondition(read[setting.key] == setting.value, "a key has two values") }
  }

  static let infotexts = [
    "a cat\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 64x64, Model: \"a, b\"",
    "Steps: 1, Sampler: x, Seed: \"\\u00e9\\\"\", Extra-key/x: ,",
  ]
}
