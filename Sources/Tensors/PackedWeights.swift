import CKernels

/// Weights in a backend's own layout, made once at load.
///
/// Sendable, unchecked: never changed after `init`.
final class PackedWeights: @unchecked Sendable {
  let backend: Backend
  let handle: OpaquePointer

  init(
    _ backend: Backend, _ weight: WeightSource, kernel: (height: Int, width: Int), bias: WeightSource?,
    gated: Bool
  ) throws(TensorError) {
    try weight.check(bias: bias)
    guard let outputs = Int32(exactly: weight.shape[0]), let inputs = Int32(exactly: weight.shape[1]),
      let height = Int32(exactly: kernel.height), let width = Int32(exactly: kernel.width)
    else { throw .shape(operation: "pack", expected: "extents below 2³¹", found: "\(weight.shape)") }
    var call = ck_pack_call(
      weight: weight.bytes.baseAddress!, weight_type: weight.type.rawValue, bias: bias?.bytes.baseAddress,
      bias_type: (bias?.type ?? .float32).rawValue, outputs: outputs, inputs: inputs, kernel_h: height,
      kernel_w: width, gated: gated ? 1 : 0)
    var handle: OpaquePointer?
    try backend.call("pack \(weight.shape)") { table, device in table.pack(device, &call, &handle) }
    guard let handle else { throw .kernel(operation: "pack", reason: "no weights came back") }
    self.backend = backend
    self.handle = handle
  }

  deinit { backend.table.pointee.release_weights(backend.device, handle) }

  var bytes: Int { Int(clamping: backend.table.pointee.weights_bytes(handle)) }
}
