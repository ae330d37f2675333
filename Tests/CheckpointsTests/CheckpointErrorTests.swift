import Checkpoints
import Testing

@Suite struct CheckpointErrorTests {
  @Test(arguments: [
    (
      CheckpointError.wrongShape(name: "conv_in.weight", expected: [320, 4, 3, 3], found: [320, 9, 3, 3]),
      "tensor 'conv_in.weight' has shape [320, 9, 3, 3], expected [320, 4, 3, 3]"
    ),
    (
      .missingFile(expected: ["unet/a.safetensors", "unet/b.safetensors"]),
      "the model has no unet/a.safetensors or unet/b.safetensors"
    ),
    (
      .unsupported(file: "unet/config.json", key: "act_fn", found: "gelu", expected: "silu"),
      "unet/config.json: act_fn is gelu, which is not supported; expected silu"
    ),
    (
      .unusedTensors(component: "vae", names: ["a", "b", "c", "d", "e"]),
      "vae has tensors the model does not use: 'a', 'b', 'c' and 2 more"
    ),
    (
      .brokenTiling(file: "m", tensor: "a", expected: 8, found: 12),
      "m: tensor 'a' begins at byte 12 of the data, expected 8"
    ),
    (.fileTooShort(file: "m", expected: 8, found: 3), "m ends too early: expected at least 8 bytes, found 3"),
    (
      .malformedHeader(file: "m", offset: 4, expected: "':'", found: "byte 44"),
      "m: header byte 4: expected ':', found byte 44"
    ),
  ])
  func `messages say what was expected and what was found`(error: CheckpointError, text: String) {
    #expect(error.description == text)
  }
}
