/// Which generator a picture's noise comes from (A1111's `randn_source`).
public enum NoiseKind: String, Codable, Sendable, CaseIterable {
  /// PyTorch's CPU generator: diffusers' and ComfyUI's pictures.
  case cpu
  /// PyTorch's CUDA generator: A1111's pictures on an NVIDIA device.
  case nv

  /// What A1111 calls it in pictures: `CPU`, `NV`.
  public var label: String { rawValue.uppercased() }
}
