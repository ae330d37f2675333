import Checkpoints
import StableDiffusion
import Tensors
import Testing

@Suite struct TextEncoderTests {
  @Test(arguments: Goldens.models)
  func `hidden states equal transformers'`(model: String) throws {
    let goldens = try Goldens(model)
    let encoder = try TextEncoder(try goldens.folder(), backend: try Backend.named("reference"))
    let last = try encoder.encode(tokenIDs: try goldens.tokenIDs("text.ids"))
    #expect(try goldens.error("text.last", try last.floats()) < 1e-4)
    let penultimate = try encoder.encode(tokenIDs: try goldens.tokenIDs("text.ids"), skip: 1)
    #expect(try goldens.error("text.penultimate", try penultimate.floats()) < 1e-4)
  }

  @Test func `refuses ids outside the vocabulary, ragged sequences and too many skipped layers`() throws {
    let goldens = try Goldens("tiny-sd1")
    let encoder = try TextEncoder(try goldens.folder(), backend: try Backend.named("reference"))
    #expect(throws: TensorError.self) { try encoder.encode(tokenIDs: [[1, 100_000]]) }
    #expect(throws: TensorError.self) { try encoder.encode(tokenIDs: [[1, -1]]) }
    #expect(throws: TensorError.self) { try encoder.encode(tokenIDs: [[1, 2], [3]]) }
    #expect(throws: TensorError.self) { try encoder.encode(tokenIDs: []) }
    #expect(throws: TensorError.self) { try encoder.encode(tokenIDs: [Array(repeating: 1, count: 78)]) }
    #expect(throws: TensorError.self) { try encoder.encode(tokenIDs: [[1]], skip: 3) }
    #expect(throws: TensorError.self) { try encoder.encode(tokenIDs: [[1]], skip: -1) }
  }
}
