import Checkpoints
import Foundation
import StableDiffusion

/// A tiny model with random weights, written as a diffusers folder and as a single file of the original layout.
///
/// Which tensor stands where is read from `names.json`, which diffusers' own converters confirmed
/// (`Tests/goldens/original_golden.py`).
final class TwoLayouts {
  /// A tensor in both layouts.
  private struct Row: Decodable {
    let component: String
    let name: String
    let shape: [Int]
    let original: String
    let part: String
  }

  /// What stands in a file.
  private struct Entry {
    let name: String
    let shape: [Int]
    let values: [Float]
  }

  let path: String
  var folder: String { "\(path)/folder" }
  var file: String { "\(path)/single.safetensors" }

  /// - Parameters:
  ///   - model: `tiny-sd1` or `tiny-sd2`.
  ///   - type: What the weights are stored as.
  init(_ model: String, type: ElementType = .float32, metadata: [String: String] = [:]) throws {
    let manager = FileManager.default
    path = manager.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
    try manager.copyItem(atPath: try Goldens.path("original/\(model)"), toPath: folder)
    try manager.copyItem(atPath: try Goldens.path("\(model)/tokenizer"), toPath: "\(folder)/tokenizer")
    let names = try Data(contentsOf: URL(filePath: "\(folder)/names.json"))
    let rows = try JSONDecoder().decode([Row].self, from: names)
    var random = TorchNoise(seed: 7)
    var single: [Entry] = []
    var thirds: [String: [(part: String, entry: Entry)]] = [:]
    for component in ["unet", "vae", "text_encoder", "extra"] {
      var own: [Entry] = []
      for row in rows where row.component == component {
        let entry = Entry(name: row.name, shape: row.shape, values: Self.values(row, &random))
        own.append(entry)
        switch row.part {
        case "matrix":
          single.append(Entry(name: row.original, shape: row.shape + [1, 1], values: entry.values))
        case "whole": single.append(Entry(name: row.original, shape: row.shape, values: entry.values))
        default: thirds[row.original, default: []].append((row.part, entry))
        }
      }
      let stem = component == "text_encoder" ? "model" : "diffusion_pytorch_model"
      if component != "extra" { try Self.write(own, [:], type, "\(folder)/\(component)/\(stem).safetensors") }
    }
    for (name, parts) in thirds {
      // Queries, keys, values: PyTorch lists them in another order.
      let entries = parts.sorted { $0.part < $1.part }.map(\.entry)
      let shape: [Int] = [3 * entries[0].shape[0]] + entries[0].shape.dropFirst()
      single.append(Entry(name: name, shape: shape, values: entries.flatMap(\.values)))
    }
    try Self.write(single, metadata, type, file)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  private static func values(_ row: Row, _ random: inout TorchNoise) -> [Float] {
    let count = row.shape.reduce(1, *)
    let noise = random.normal(count)
    if row.shape.count > 1 {
      let inputs = row.shape.dropFirst().reduce(1, *)
      let isEmbedding = row.name.contains("token_embedding") || row.name.contains("position_embedding")
      return noise.map { $0 * (isEmbedding ? 1 : 1.2 / Float(inputs).squareRoot()) }
    }
    return noise.map { row.name.hasSuffix("bias") ? 0.1 * $0 : 1 + 0.1 * $0 }
  }

  private static func write(
    _ entries: [Entry], _ metadata: [String: String], _ type: ElementType, _ path: String
  ) throws {
    let tensors = entries.map { entry in
      OutputTensor(name: entry.name, type: type, shape: entry.shape) { entry.values }
    }
    try SafetensorsWriter.write(tensors, metadata: metadata, to: path)
  }
}
