import Checkpoints
import Testing

@Suite struct WeightsTests {
  private func weights() throws -> Weights {
    let header =
      #"{"down.0.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"#
      + #""down.0.bias":{"dtype":"F16","shape":[2],"data_offsets":[8,12]},"#
      + #""ids":{"dtype":"I64","shape":[1],"data_offsets":[12,20]}}"#
    let data: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 64, 0, 0x3C, 0, 0x40] + Array(repeating: 0, count: 8)
    return try Weights(
      try SafetensorsFile(bytes: safetensors(header, data: data), label: "m"), component: "unet")
  }

  @Test func `a path leads to its tensors`() throws {
    let place = try weights()["down"][0]
    #expect(place.path == "down.0")
    #expect(place.contains("weight") && !place.contains("x"))
    #expect(try place.tensor("weight", shape: [2, 1]).floats() == [1, 2])
    #expect(try place.tensor("bias", shape: [2]).floats() == [1, 2])
    #expect(try place.tensor("bias", shape: [2]).rows(1..<2).floats() == [2])
    #expect(try place.tensor("weight", shape: [2, 1]).rows(1..<2).shape == [1, 1])
  }

  @Test func `a missing or mis-shaped tensor is named`() throws {
    let weights = try weights()
    #expect(throws: CheckpointError.missingTensor(name: "unet: up.weight")) {
      try weights["up"].tensor("weight", shape: [1])
    }
    #expect(throws: CheckpointError.wrongShape(name: "down.0.weight", expected: [1, 2], found: [2, 1])) {
      try weights["down"][0].tensor("weight", shape: [1, 2])
    }
  }

  @Test func `tensors nobody took are an error, but for those known to be harmless`() throws {
    let weights = try weights()
    _ = try weights.tensor("down.0.weight", shape: [2, 1])
    #expect(throws: CheckpointError.unusedTensors(component: "unet", names: ["down.0.bias", "ids"])) {
      try weights.finish()
    }
    _ = try weights.tensor("down.0.bias", shape: [2])
    #expect(throws: CheckpointError.unusedTensors(component: "unet", names: ["ids"])) { try weights.finish() }
    try weights.finish { $0 == "ids" }
  }
}
