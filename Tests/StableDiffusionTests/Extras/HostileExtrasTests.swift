import Checkpoints
import Foundation
import Generation
import Testing

@testable import StableDiffusion

/// Damaged files of every kind end in an error, never in a crash.
@Suite struct HostileExtrasTests {
  private static let files = [
    "Lora/kohya.safetensors", "Lora/peft.safetensors", "Lora/locon.pt", "embeddings/badneg.safetensors",
    "embeddings/tinystyle.pt", "hypernetworks/dropped.pt",
  ]

  /// Everything that is done with a file but running it.
  private static func use(_ bytes: [UInt8]) {
    guard let file = try? TensorFiles.open(bytes: bytes, label: "file") else { return }
    _ = ExtraInspection.words(file)
    if let lora = try? LoRAFile(file) {
      for pair in lora.pairs {
        for shape in [[24], [24, 24], [16, 16, 3, 3], [24, 24, 1, 1]] {
          _ = try? lora.matrices(of: pair, for: shape)
        }
      }
    }
    if let embedding = try? EmbeddingFile(file) { _ = try? embedding.values() }
    if let network = try? HypernetworkFile(file) {
      for width in network.widths { _ = try? network.layers(width: width, part: 0) }
    }
    if let vae = try? VAEFile(file) { _ = try? vae.weights() }
  }

  @Test(arguments: files) func `any damage is survived`(name: String) throws {
    let bytes = Array(try Data(contentsOf: URL(filePath: try Goldens.path("extras/\(name)"))))
    Self.use(bytes)
    var state: UInt64 = 88_172_645_463_325_252
    func next(_ count: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(count))
    }
    for round in 0..<150 {
      var damaged = bytes
      for _ in 0...next(3) { damaged[next(min(bytes.count, 3000))] = UInt8(next(256)) }
      Self.use(round.isMultiple(of: 10) ? Array(damaged.prefix(next(bytes.count))) : damaged)
    }
  }

  @Test func `a wrong shape names the tensor, what was expected and what was found`() throws {
    let path = try Goldens.path("extras/Lora/kohya.safetensors")
    let lora = try LoRAFile(try SafetensorsFile(path: path, label: "kohya.safetensors"))
    let pair = try #require(lora.pairs.first)
    let error = try #require(throws: CheckpointError.self) { try lora.matrices(of: pair, for: [7, 9]) }
    guard case .wrongShape(let name, let expected, let found) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(name == pair.down && expected == [3, 9] && found.count == 2)
  }

  @Test(arguments: [
    ("lora_unet_x.hada_w1_a", "LoHa"), ("lora_unet_x.lokr_w1", "LoKr"), ("lora_unet_x.dora_scale", "DoRA"),
    ("what.is.this", "no LoRA's"),
  ]) func `what is no LoRA is refused by what it is`(name: String, word: String) throws {
    let header = Array("{\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}".utf8)
    var bytes = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    bytes += header + [0, 0, 0, 0]
    let file = try SafetensorsFile(bytes: bytes, label: "x")
    let error = try #require(throws: CheckpointError.self) { try LoRAFile(file) }
    #expect("\(error)".contains(word) && "\(error)".contains(name))
  }

  @Test func `a norm cannot be added to`() throws {
    func entry(_ name: String, _ shape: [Int], _ start: Int) -> String {
      "\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(start),\(start + 64)]}"
    }
    let key = "lora_unet_down_blocks_0_resnets_0_norm1"
    let header = Array(
      "{\(entry(key + ".lora_down.weight", [1, 16], 0)),\(entry(key + ".lora_up.weight", [16, 1], 64))}".utf8)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    let path = NSTemporaryDirectory() + "norm-\(UUID().uuidString).safetensors"
    try Data(length + header + [UInt8](repeating: 0, count: 128)).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let pipeline = try ExtrasPictureTests.pipeline()
    let plain = try ExtrasPictureTests.picture(pipeline)
    pipeline.extras = ExtraFiles([try ExtraLibrary.file(.lora, path: path, field: "prompt")])
    let name = try #require(pipeline.extras.all.first?.description.name)
    let error = try #require(throws: UserError.self) {
      try ExtrasPictureTests.picture(pipeline, "a<lora:\(name)>")
    }
    #expect(error.code == "unusable_lora" && error.message.contains("norm1"))
    #expect(try ExtrasPictureTests.picture(pipeline) == plain)
  }

  @Test func `names of the original layout lead to diffusers' modules`() throws {
    let config = try Goldens("tiny-sd1").folder().unetConfig()
    let paths = OriginalModulePaths(config)
    for (path, original) in [
      ("down_blocks.0.attentions.1.proj_in", "input_blocks.2.1.proj_in"),
      ("down_blocks.1.downsamplers.0.conv", "input_blocks.6.0.op"),
      (
        "mid_block.attentions.0.transformer_blocks.0.attn1.to_q",
        "middle_block.1.transformer_blocks.0.attn1.to_q"
      ),
      (
        "up_blocks.1.attentions.2.transformer_blocks.0.ff.net.0.proj",
        "output_blocks.5.1.transformer_blocks.0.ff.net.0.proj"
      ),
      ("up_blocks.0.upsamplers.0.conv", "output_blocks.2.1.conv"),
      ("up_blocks.1.upsamplers.0.conv", "output_blocks.5.2.conv"),
      ("up_blocks.2.resnets.0.time_emb_proj", "output_blocks.6.0.emb_layers.1"),
      ("conv_in", "input_blocks.0.0"),
    ] { #expect(paths.original(path) == original) }
  }
}
