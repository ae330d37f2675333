import Checkpoints
import Testing

@Suite struct ModelFolderTests {
  private let empty = safetensors("{}")

  private func shard(_ name: String) -> [UInt8] {
    safetensors(
      #"{"\#(name)":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}"#, data: [0x80, 0x3F])
  }

  @Test func `a folder that is no pipeline is refused`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: CheckpointError.missingFile(expected: ["model_index.json"])) {
      try ModelFolder(path: folder.path)
    }
    try folder.write("model_index.json", #"{"_class_name": "StableDiffusion3Pipeline"}"#)
    let error = #expect(throws: CheckpointError.self) { try ModelFolder(path: folder.path) }
    #expect(error?.description.contains("StableDiffusion3Pipeline") == true)
    try folder.write("model_index.json", "{}")
    #expect(
      throws: CheckpointError.malformedConfiguration(
        file: "model_index.json", reason: "'_class_name' is missing")
    ) { try ModelFolder(path: folder.path) }
  }

  @Test func `its name is the folder's`() throws {
    let folder = try TemporaryFolder.model()
    #expect(
      try "/\(ModelFolder(path: folder.path + "/").name)" == "/" + folder.path.split(separator: "/").last!)
  }

  @Test func `a missing file is named relative to the folder`() throws {
    let folder = try TemporaryFolder.model()
    let model = try ModelFolder(path: folder.path)
    #expect(throws: CheckpointError.missingFile(expected: ["vae/config.json"])) { try model.vaeConfig() }
    #expect(
      throws: CheckpointError.missingFile(expected: [
        "text_encoder/model.safetensors", "text_encoder/model.fp16.safetensors",
      ])
    ) { try model.weights(of: .textEncoder) }
  }

  @Test func `the full-precision file is preferred to the fp16 one`() throws {
    let folder = try TemporaryFolder.model()
    let model = try ModelFolder(path: folder.path)
    try folder.write("unet/diffusion_pytorch_model.fp16.safetensors", empty)
    #expect(try model.weightFiles(of: .unet) == ["unet/diffusion_pytorch_model.fp16.safetensors"])
    try folder.write("vae/diffusion_pytorch_model.bf16.safetensors", empty)
    #expect(try model.weightFiles(of: .vae) == ["vae/diffusion_pytorch_model.bf16.safetensors"])
    try folder.write("unet/diffusion_pytorch_model.safetensors", empty)
    #expect(try model.weightFiles(of: .unet) == ["unet/diffusion_pytorch_model.safetensors"])
  }

  @Test func `shards are joined`() throws {
    let folder = try TemporaryFolder.model()
    let model = try ModelFolder(path: folder.path)
    try folder.write("unet/one.safetensors", shard("a"))
    try folder.write("unet/two.safetensors", shard("b"))
    try folder.write(
      "unet/diffusion_pytorch_model.safetensors.index.json",
      #"{"metadata": {"total_size": 4}, "weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}"#)
    let weights = try model.weights(of: .unet)
    #expect(try weights.tensor("a", shape: [1]).floats() == [1])
    #expect(try weights.tensor("b", shape: [1]).floats() == [1])
    try weights.finish()
    try folder.write("unet/two.safetensors", shard("a"))
    #expect(throws: CheckpointError.duplicateTensor(file: "unet/two.safetensors", tensor: "a")) {
      try model.weights(of: .unet)
    }
  }

  @Test(arguments: ["../../secret.safetensors", "/etc/passwd", "a/b.safetensors", "x.bin", ""])
  func `a shard cannot lead out of its folder`(name: String) throws {
    let folder = try TemporaryFolder.model()
    try folder.write(
      "unet/diffusion_pytorch_model.safetensors.index.json", #"{"weight_map": {"a": "\#(name)"}}"#)
    let model = try ModelFolder(path: folder.path)
    let error = #expect(throws: CheckpointError.self) { try model.weights(of: .unet) }
    #expect(error?.description.contains("plain safetensors file name") == true)
  }

  @Test func `the hash is the file's, or that of the shards one after the other`() throws {
    let folder = try TemporaryFolder.model()
    let model = try ModelFolder(path: folder.path)
    try folder.write("unet/diffusion_pytorch_model.safetensors", empty)
    #expect(try model.sha256(of: .unet) == "411a485216e432ece6b9af94fa32154cf79a2a56d4f81266baa50063f45092bd")
    try folder.write("vae/1.safetensors", empty)
    try folder.write("vae/2.safetensors", empty)
    try folder.write(
      "vae/diffusion_pytorch_model.safetensors.index.json",
      #"{"weight_map": {"a": "1.safetensors", "b": "2.safetensors"}}"#)
    #expect(try model.sha256(of: .vae) == "b762d1ff2c6e7a9f5bb3ea7b09bd71856cc468a1996eebde47ca2e69f72fd666")
    #expect(throws: CheckpointError.missingTensor(name: "conv_in.weight")) { try model.precision() }
    try folder.write("unet/diffusion_pytorch_model.safetensors", shard("a"))
    #expect(try model.precision() == "bfloat16")
  }

  @Test func `a file over the limit is not read`() throws {
    let folder = try TemporaryFolder.model()
    try folder.write("tokenizer/vocab.json", [UInt8](repeating: 0x20, count: ModelFolder.fileLimit + 1))
    let model = try ModelFolder(path: folder.path)
    #expect(
      throws: CheckpointError.fileTooLarge(
        file: "tokenizer/vocab.json", limit: ModelFolder.fileLimit, found: ModelFolder.fileLimit + 1)
    ) { try model.read("tokenizer/vocab.json") }
  }
}
