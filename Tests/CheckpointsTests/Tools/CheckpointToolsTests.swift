import Checkpoints
import Foundation
import Testing

@Suite struct CheckpointToolsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes tensors and opens what was written.
  private func file(
    _ name: String, _ tensors: [(String, [Float])], type: ElementType = .float32,
    metadata: [String: String] = [:]
  ) throws -> SafetensorsFile {
    let outputs = tensors.map { tensor in
      OutputTensor(name: tensor.0, type: type, shape: [tensor.1.count]) { tensor.1 }
    }
    return try written(outputs, name, metadata)
  }

  private func written(
    _ outputs: [OutputTensor], _ name: String = "out", _ metadata: [String: String] = [:]
  ) throws -> SafetensorsFile {
    let path = "\(folder.path)/\(name).safetensors"
    try SafetensorsWriter.write(outputs, metadata: metadata, to: path)
    return try SafetensorsFile(path: path, label: name)
  }

  private let unet = "model.diffusion_model.out.0.weight"

  @Test func `a written file is read back, whatever its strings`() throws {
    let metadata = ["quote": "a \"b\" \\ \n\u{1}é", "format": "pt"]
    let file = try file("f", [("a\"b", [1, 2]), ("é", []), ("c", [3])], metadata: metadata)
    #expect(file.metadata == metadata)
    #expect(try file.tensor("a\"b").floats() == [1, 2])
    #expect(try file.tensor("é").floats() == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["f.safetensors"])
  }

  @Test func `values are rounded to the nearest`() throws {
    let values: [Float] = [1.000_976_6, 1.001_464_8, 1.003_906_2, 1.011_718_8, -0, .infinity, 65_520, 1e-8]
    #expect(
      try file("h", [("a", values)], type: .float16).tensor("a").floats() == values.map { Float(Float16($0)) }
    )
    // Halfway cases go to the even neighbour.
    #expect(
      try file("b", [("a", [1.003_906_25, 1.011_718_75, 1])], type: .bfloat16).tensor("a").floats()
        == [1, 1.015_625, 1])
    #expect(try file("n", [("a", [.nan])], type: .bfloat16).tensor("a").floats()[0].isNaN)
  }

  @Test func `a pickle is converted with every type`() throws {
    let url = try #require(Bundle.module.url(forResource: "Goldens", withExtension: nil))
    let source = try TensorFiles.open(path: url.path + "/torch/zip.ckpt", label: "zip.ckpt")
    let expected = try SafetensorsFile(path: url.path + "/torch/expected.safetensors", label: "e")
    let converted = try written(CheckpointConversion().tensors(of: source))
    for entry in expected.entries {
      let (left, right) = (try converted.stored(entry.name), try expected.stored(entry.name))
      #expect(left.type == right.type && left.shape == right.shape)
      #expect(left.withUnsafeBytes { left in right.withUnsafeBytes { left.elementsEqual($0) } })
    }
    var half = CheckpointConversion()
    half.type = .float16
    let halves = try written(half.tensors(of: source), "half")
    #expect(try halves.stored("ids").type == .int64)
    #expect(
      try halves.tensor("float").floats() == expected.tensor("float").floats().map { Float(Float16($0)) })
  }

  @Test func `pruning keeps the networks, and may take the averages`() throws {
    let source = try file(
      "s",
      [
        (unet, [1]), ("first_stage_model.quant_conv.bias", [2]), ("first_stage_model.loss.logvar", [3]),
        ("cond_stage_model.logit_scale", [4]), ("model_ema.diffusion_modelout0weight", [5]), ("betas", [6]),
      ])
    var conversion = CheckpointConversion()
    conversion.prunes = true
    let pruned = try written(conversion.tensors(of: source))
    #expect(
      Set(pruned.entries.map(\.name)) == [
        unet, "first_stage_model.quant_conv.bias", "cond_stage_model.logit_scale",
      ])
    #expect(try pruned.tensor(unet).floats() == [1])
    conversion.usesAverage = true
    #expect(try written(conversion.tensors(of: source), "ema").tensor(unet).floats() == [5])
    #expect(throws: CheckpointError.missingTensor(name: "model_ema.diffusion_modelout0weight")) {
      try conversion.tensors(of: pruned)
    }
  }

  @Test func `models are mixed, and what one lacks stays`() throws {
    let first = try file("a", [(unet, [1, 2]), ("only", [7]), ("first_stage_model.x", [0])])
    let second = try file("b", [(unet, [5, 10]), ("model.diffusion_model.more", [8]), ("elsewhere", [9])])
    let third = try file("c", [(unet, [1, 4])])
    let vae = try file("v", [("x", [3])])
    var merge = CheckpointMerge(alpha: 0.25)
    let sum = try written(merge.tensors(first, second, vae: vae), "sum")
    #expect(try sum.tensor(unet).floats() == [2, 4])
    #expect(try sum.tensor("only").floats() == [7])
    #expect(try sum.tensor("first_stage_model.x").floats() == [3])
    #expect(try sum.tensor("model.diffusion_model.more").floats() == [8])
    #expect(sum.entries.count == 4)
    merge.method = .addDifference
    #expect(try written(merge.tensors(first, second, third: third), "d").tensor(unet).floats() == [2, 3.5])
    let wider = try file("w", [(unet, [1, 2, 3])])
    #expect(throws: CheckpointError.wrongShape(name: unet, expected: [2], found: [3])) {
      try merge.tensors(first, wider)
    }
  }

  @Test func `tensors of more than one piece are mixed and converted whole`() throws {
    // Two pieces and a bit; every value is one of half precision, and so is half of its negative.
    let count = 2 << 20 | 5
    let values = (0..<count).map { Float($0 % 1021) }
    let first = try file("a", [(unet, values), ("one", [1])])
    let second = try file("b", [(unet, values.map { -2 * $0 }), ("one", [3])])
    var merge = CheckpointMerge(alpha: 0.5)
    merge.type = .float16
    let sum = try written(merge.tensors(first, second), "sum")
    #expect(try sum.stored(unet).type == .float16)
    #expect(try sum.tensor(unet).floats() == values.map { $0 * -0.5 })
    #expect(
      try sum.tensor(unet).floats((1 << 20) - 2..<(1 << 20) + 2).map { $0 * -2 }
        == Array(values[(1 << 20) - 2..<(1 << 20) + 2]))
    #expect(try sum.tensor("one").floats() == [2])
    var conversion = CheckpointConversion()
    conversion.type = .bfloat16
    let narrow = try written(conversion.tensors(of: first), "narrow")
    #expect(
      try narrow.tensor(unet).floats(count - 3..<count)
        == values.suffix(3).map {
          Float(bitPattern: ($0.bitPattern &+ 0x7FFF &+ ($0.bitPattern >> 16 & 1)) & 0xFFFF_0000)
        })
  }

  @Test func `a file that cannot be written leaves nothing behind`() throws {
    let error = #expect(throws: CheckpointError.self) {
      try SafetensorsWriter.write([], metadata: [:], to: "\(folder.path)/none/x.safetensors")
    }
    #expect(error?.description.hasPrefix("x.safetensors cannot be written") == true)
    let broken = OutputTensor(name: "a", type: .float32, shape: [1]) { () throws(CheckpointError) in
      throw .missingTensor(name: "a")
    }
    #expect(throws: CheckpointError.missingTensor(name: "a")) { try written([broken]) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
