import Checkpoints
import FoundationEssentials
import Generation

/// A LoRA a prompt asks for: the file and its weights.
struct LoRAUse {
  /// The name in the tag.
  let name: String
  /// The file.
  let file: ExtraFile
  /// Multipliers of what is added to the text encoders and to the UNet.
  let textWeight: Float
  let unetWeight: Float

  /// Equal only for the same content at the same weights.
  var key: String { "\(file.identity)*\(textWeight)*\(unetWeight)" }

  /// The multiplier for a network.
  func weight(_ network: LoRAModule.Network) -> Float { network == .unet ? unetWeight : textWeight }
}

/// A hypernetwork a prompt asks for.
struct HypernetworkUse {
  let name: String
  let file: ExtraFile
  let weight: Float

  var key: String { "\(file.identity)*\(weight)" }
}

/// The weights in a tag, as AUTOMATIC1111 reads them: `<lora:name:te:unet>`, also by name `te=`, `unet=`.
struct TagWeights {
  let text: Float
  let unet: Float

  /// - Throws: `UserError` `invalid_weight` for what is no number.
  init(_ tag: ExtraNetwork) throws(UserError) {
    let first = try Self.number(tag.named["te"] ?? tag.argument(1), tag) ?? 1
    text = first
    unet = try Self.number(tag.named["unet"] ?? tag.argument(2), tag) ?? first
  }

  /// Greater ones only give noise, and numbers that are not finite.
  private static let limit: Float = 100

  private static func number(_ text: String?, _ tag: ExtraNetwork) throws(UserError) -> Float? {
    guard let text = text?.filter({ !$0.isWhitespace }), !text.isEmpty else { return nil }
    guard let value = Float(text), abs(value) <= limit else {
      throw UserError(
        code: "invalid_weight",
        message:
          "\(tag.kind) '\(tag.shownName)': expected a weight between -\(Int(limit)) and \(Int(limit)), "
          + "found '\(ExtraNetwork.shown(text))'",
        field: "prompt")
    }
    return value
  }
}

extension ExtraNetwork {
  /// The argument of that number, without spaces around it; nil if there are fewer.
  func argument(_ index: Int) -> String? {
    index < arguments.count ? arguments[index] : nil
  }

  /// The name as it may stand in an error.
  var shownName: String { Self.shown(arguments.first ?? "") }

  /// Text as it may stand in an error: one line, at most 60 characters.
  static func shown(_ text: String) -> String {
    String(
      text.unicodeScalars.prefix(60).map { Character($0.properties.generalCategory == .control ? " " : $0) })
  }
}
