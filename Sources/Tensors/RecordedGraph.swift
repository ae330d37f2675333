import CKernels
import Synchronization

/// Operations that were recorded once and can be done again by one call, on the same memory.
///
/// Sendable, unchecked: never changed after `init`.
public final class RecordedGraph: @unchecked Sendable {
  /// What the operations make; each `replay` writes it anew.
  public let output: Tensor
  private let backend: Backend
  private let handle: OpaquePointer
  private let pool: DevicePool

  /// Whether the backend can record at all.
  public static func isServed(by backend: Backend) -> Bool { backend.table.pointee.record_begin != nil }

  /// Records what `body` asks of the device; nothing is computed yet.
  ///
  /// `body` must have run once with the same shapes, and must not wait for the device. Tensors it reads must outlive
  /// the graph; memory of those it makes belongs to the graph. Throws `kernel` where the backend cannot record.
  public init(on backend: Backend, _ body: () throws -> Tensor) throws {
    let pool = DevicePool()
    guard let begin = backend.table.pointee.record_begin, let end = backend.table.pointee.record_end else {
      throw TensorError.kernel(operation: "record", reason: "\(backend.name) does not record")
    }
    try backend.call("record") { _, device in begin(device) }
    backend.recordingPool.withLock { $0 = pool }
    let output = Result { try body() }
    backend.recordingPool.withLock { $0 = nil }
    var handle: OpaquePointer?
    let ending = Result { () throws(TensorError) in
      try backend.call("record") { _, device in end(device, &handle) }
    }
    do {
      self.output = try output.get()
      try ending.get()
      guard let handle else { throw TensorError.kernel(operation: "record", reason: "no graph came back") }
      self.handle = handle
    } catch {
      if let handle { backend.table.pointee.release_graph?(backend.device, handle) }
      backend.release(pool.drain(closing: true))
      throw error
    }
    self.backend = backend
    self.pool = pool
  }

  /// Does the operations again; the output is a copy that later replays leave alone.
  public func replay() throws(TensorError) -> Tensor {
    try backend.call("replay") { table, device in
      guard let replay = table.replay else { return Int32(CK_UNSUPPORTED) }
      return replay(device, handle)
    }
    return try output.copied()
  }

  deinit {
    backend.table.pointee.release_graph?(backend.device, handle)
    backend.release(pool.drain(closing: true))
  }
}

extension Tensor {
  /// The same values in memory of their own.
  func copied() throws(TensorError) -> Tensor {
    let out = try Tensor(backend, shape, type: type)
    try backend.call("copy") { table, device in
      table.copy(device, out.address, address, count * type.size)
    }
    return out
  }
}
