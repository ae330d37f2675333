import Checkpoints
import Foundation
import StableDiffusion
import Synchronization

/// A tiny model with random weights, written as a diffusers folder and as a single file of the original layout.
///
/// Which tensor stands where is read from `names.json`, which diffusers' own converters confirmed
/// (`Tests/goldens/original_golden.py`, `xl_golden.py`). Tiny SDXL has the very numbers diffusers had for its goldens.
final class TwoLayouts {
  /// A tensor in both layouts.
  private struct Row: Decodable {
    let component: String
    let name: String
    let shape: [Int]
    let original: String
    let part: String

    init(from decoder: any Decoder) throws {
      var row = try decoder.unkeyedContainer()
      (component, name) = (try row.decode(String.self), try row.decode(String.self))
      shape = try row.decode([Int].self)
      (original, part) = (try row.decode(String.self), try row.decode(String.self))
    }
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
  ///   - model: `tiny-sd1`, `tiny-sd2` or `tiny-sdxl`.
  ///   - type: What the weights are stored as.
  init(_ model: String, type: ElementType = .float32, metadata: [String: String] = [:]) throws {
    let manager = FileManager.default
    path = manager.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
    try manager.copyItem(atPath: try Goldens.path("original/\(model)"), toPath: folder)
    try Self.writeTokenizers(model, folder)
    let names = try Data(contentsOf: URL(filePath: "\(folder)/names.json"))
    let rows = try JSONDecoder().decode([Row].self, from: names)
    let seeds = model == "tiny-sdxl" ? Self.seeds(rows) : [:]
    var random = TorchNoise(seed: 7)
    var single: [Entry] = []
    var thirds: [String: [(part: String, entry: Entry)]] = [:]
    for component in ["unet", "vae", "text_encoder", "text_encoder_2", "extra"] {
      var own: [Entry] = []
      for row in rows where row.component == component {
        if let seed = seeds[component + row.name] { random = TorchNoise(seed: seed) }
        let entry = Entry(
          name: row.name, shape: row.shape, values: Self.cached(model, row, &random, isSeeded: !seeds.isEmpty)
        )
        own.append(entry)
        switch row.part {
        case "matrix":
          single.append(Entry(name: row.original, shape: row.shape + [1, 1], values: entry.values))
        case "transposed": single.append(Self.transposed(entry, row.original))
        case "whole": single.append(Entry(name: row.original, shape: row.shape, values: entry.values))
        default: thirds[row.original, default: []].append((row.part, entry))
        }
      }
      let stem = component.hasPrefix("text_encoder") ? "model" : "diffusion_pytorch_model"
      if component != "extra", !own.isEmpty {
        try Self.write(own, [:], type, "\(folder)/\(component)/\(stem).safetensors")
      }
    }
    for (name, parts) in thirds {
      // Queries, keys, values: PyTorch lists them in another order.
      let entries = parts.sorted { $0.part < $1.part }.map(\.entry)
      let shape: [Int] = [3 * entries[0].shape[0]] + entries[0].shape.dropFirst()
      single.append(Entry(name: name, shape: shape, values: entries.flatMap(\.values)))
    }
    try Self.write(single, metadata, type, file)
  }

  /// Writes another autoencoder's numbers in the original layout, without the prefix it has in a whole model, as
  /// autoencoders in files of their own are.
  func writeAutoencoder(seed: Int64, to path: String) throws {
    let names = try Data(contentsOf: URL(filePath: "\(folder)/names.json"))
    let rows = try JSONDecoder().decode([Row].self, from: names).filter { $0.component == "vae" }
    let sorted = rows.sorted { $0.name < $1.name }
    let entries = sorted.enumerated().map { place, row in
      var random = TorchNoise(seed: seed + Int64(place))
      return Entry(
        name: String(row.original.dropFirst("first_stage_model.".count)),
        shape: row.part == "matrix" ? row.shape + [1, 1] : row.shape, values: Self.values(row, &random))
    }
    try Self.write(entries, [:], .float32, path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The tokenizers as the families' own folders have them: OpenCLIP fills up with an exclamation mark.
  private static func writeTokenizers(_ model: String, _ folder: String) throws {
    let paddings = ["tiny-sd1": ["<|endoftext|>"], "tiny-sd2": ["!"]][model] ?? ["<|endoftext|>", "!"]
    for (name, padding) in zip(["tokenizer", "tokenizer_2"], paddings) {
      let source = try Goldens.path("tiny-sd1/tokenizer")
      try FileManager.default.copyItem(atPath: source, toPath: "\(folder)/\(name)")
      for file in ["special_tokens_map.json", "tokenizer_config.json"] {
        let path = "\(folder)/\(name)/\(file)"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
        let from = "\"pad_token\": \"<|endoftext|>\"", to = "\"pad_token\": \"\(padding)\""
        try text.replacingOccurrences(of: from, with: to).write(
          toFile: path, atomically: true, encoding: .utf8)
      }
    }
  }

  /// `xl_golden.py`: a component's seed and the tensor's place among its sorted names.
  private static func seeds(_ rows: [Row]) -> [String: Int64] {
    var seeds: [String: Int64] = [:]
    for (number, component) in ["unet", "vae", "text_encoder", "text_encoder_2"].enumerated() {
      for (place, name) in rows.filter({ $0.component == component }).map(\.name).sorted().enumerated() {
        seeds[component + name] = Int64(150_000 + 10_000 * number + place)
      }
    }
    return seeds
  }

  private static func transposed(_ entry: Entry, _ name: String) -> Entry {
    let (rows, columns) = (entry.shape[0], entry.shape[1])
    let values = (0..<columns).flatMap { column in (0..<rows).map { entry.values[$0 * columns + column] } }
    return Entry(name: name, shape: [columns, rows], values: values)
  }

  /// Numbers of seeded tensors, drawn once for all tests.
  private static let drawn = Mutex<[String: [Float]]>([:])

  private static func cached(
    _ model: String, _ row: Row, _ random: inout TorchNoise, isSeeded: Bool
  ) -> [Float] {
    guard isSeeded, row.component != "extra" else { return values(row, &random) }
    let key = "\(model) \(row.component) \(row.name)"
    if let known = drawn.withLock({ $0[key] }) { return known }
    let new = values(row, &random)
    drawn.withLock { $0[key] = new }
    return new
  }

  /// Rounded once from double precision, as the generators do.
  private static func values(_ row: Row, _ random: inout TorchNoise) -> [Float] {
    let count = row.shape.reduce(1, *)
    let noise = random.normal(count).map(Double.init)
    if row.shape.count > 1 {
      let inputs = row.shape.dropFirst().reduce(1, *)
      let isEmbedding = row.name.contains("token_embedding") || row.name.contains("position_embedding")
      let factor = isEmbedding ? 1 : 1.2 / Double(inputs).squareRoot()
      return noise.map { Float($0 * factor) }
    }
    return noise.map { Float(row.name.hasSuffix("bias") ? $0 * 0.1 : 1 + $0 * 0.1) }
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
