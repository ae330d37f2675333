public import Checkpoints

/// What a file that goes with models is, in words.
public enum ExtraInspection {
  /// A sentence about a LoRA, an embedding, a hypernetwork or an autoencoder; nil for other files.
  public static func words(_ file: any TensorFile) -> String? {
    guard let kind = ExtraHeader.kind(of: file) else { return nil }
    do throws(CheckpointError) {
      return switch kind {
      case .lora: lora(try LoRAFile(file))
      case .embedding: embedding(try EmbeddingFile(file))
      case .hypernetwork:
        "a hypernetwork for contexts of "
          + (try HypernetworkFile(file).widths.map(String.init).joined(separator: ", ")) + " numbers"
      case .vae: "an autoencoder"
      }
    } catch { return "\(error)" }
  }

  private static func lora(_ file: LoRAFile) -> String {
    let networks = LoRAModule.Network.allCases.compactMap { network -> String? in
      let count = file.pairs.count { $0.module.network == network }
      return count == 0 ? nil : "\(count) modules of \(network.rawValue)"
    }
    return "a LoRA for \(networks.joined(separator: ", "))" + suffix(file.family)
  }

  private static func embedding(_ file: EmbeddingFile) -> String {
    let widths = [file.width, file.secondWidth].compactMap { $0 }.map(String.init).joined(separator: " and ")
    return "an embedding of \(file.vectors) vectors of \(widths) numbers" + suffix(file.family)
  }

  private static func suffix(_ family: String?) -> String { family.map { ", \($0)" } ?? "" }
}
