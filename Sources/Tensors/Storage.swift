/// Device memory owned by tensors; goes back to the pool it came from with the last of them.
///
/// Sendable, unchecked: it is written once, before the tensor that owns it is returned.
final class Storage: @unchecked Sendable {
  let backend: Backend
  let memory: UnsafeMutableRawPointer
  private let bytes: Int
  private let pool: DevicePool

  init(_ backend: Backend, bytes: Int) throws(TensorError) {
    self.backend = backend
    self.bytes = bytes
    (memory, pool) = try backend.allocate(bytes)
  }

  deinit { backend.recycle(memory, bytes: bytes, to: pool) }
}
