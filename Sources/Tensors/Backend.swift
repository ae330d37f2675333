import CKernels
import Synchronization

/// An open device and its memory.
///
/// Tensors and packed weights keep it open.
///
/// Sendable, unchecked by the compiler: the C device is entered by one thread at a time, under `calls`, and
/// the pool is behind its own mutex. A generation still runs on one thread; the mutexes are then never
/// contended.
public final class Backend: @unchecked Sendable {
  /// What a user types: `reference`, `cpu:avx2`, `cuda`.
  public let name: String
  /// The device, for people.
  public let deviceName: String
  /// Host threads that compute.
  public let threads: Int
  /// The device's memory, in bytes; nil if unknown.
  public let memoryBytes: Int?
  /// How activations are stored on this device.
  public let activationType: ElementType

  let table: UnsafePointer<ck_backend>
  let device: OpaquePointer
  private let calls = Mutex<OperationProfile?>(nil)
  private let pool: Mutex<MemoryPool>

  /// The backends in this binary, best first.
  public static let all: [BackendDescription] = (0..<ck_backend_count()).compactMap { index in
    ck_backend_at(index).map { BackendDescription(name: String(cString: $0.pointee.name), index: index) }
  }

  /// Opens the backend a user named: one of `all`; `cpu` for the best of its tiers here, `auto` for the best of
  /// all that computes as asked.
  ///
  /// `threads` nil: one per physical core. Throws `unknownBackend` or `unavailable`, which list what exists.
  public static func named(
    _ name: String, threads: Int? = nil, precision: Precision = .autocast
  ) throws(TensorError) -> Backend {
    let candidates = all.filter { name == "auto" || $0.name == name || $0.name.hasPrefix("\(name):") }
    var last = TensorError.unknownBackend(name: name, available: all.map(\.name) + ["cpu"])
    for description in candidates {
      do throws(TensorError) {
        return try Backend(description, threads: threads, precision: precision)
      } catch {
        last = error
      }
    }
    throw candidates.count > 1 ? .unavailable(backend: name, reason: "none of its devices: \(last)") : last
  }

  /// Opens a device.
  ///
  /// Throws `unavailable` if it is absent or does not take this many threads (1…256).
  public init(
    _ description: BackendDescription, threads: Int? = nil, precision: Precision = .autocast
  ) throws(TensorError) {
    name = description.name
    if let absence = description.absence { throw .unavailable(backend: name, reason: absence) }
    guard let table = description.table, table.pointee.abi_version == UInt32(CK_ABI_VERSION) else {
      throw .unavailable(backend: name, reason: "its kernel table has another version")
    }
    guard let count = Int32(exactly: threads ?? 0), threads.map({ (1...256).contains($0) }) ?? true else {
      throw .unavailable(backend: name, reason: "expected 1 to 256 threads, found \(threads ?? 0)")
    }
    var options = ck_open_options(threads: count, precision: precision.rawValue, ordinal: 0)
    var device: OpaquePointer?
    let status = table.pointee.open(&options, &device)
    if status == CK_UNSUPPORTED {
      throw .unavailable(backend: name, reason: "it does not compute in \(precision.name) precision")
    }
    guard status == CK_OK, let device else {
      throw .unavailable(backend: name, reason: String(cString: ck_status_text(status)))
    }
    var info = ck_device_info()
    let described = table.pointee.describe(device, &info)
    guard described == CK_OK else {
      table.pointee.close(device)
      throw .unavailable(backend: name, reason: String(cString: ck_status_text(described)))
    }
    self.table = table
    self.device = device
    self.threads = Int(info.threads)
    memoryBytes = info.memory_bytes == 0 ? nil : Int(clamping: info.memory_bytes)
    activationType = ElementType(rawValue: info.activation_type) ?? .float32
    deviceName = withUnsafeBytes(of: info.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    pool = Mutex(MemoryPool())
  }

  deinit {
    for block in pool.withLock({ $0.drain() }) { table.pointee.release(device, block) }
    table.pointee.close(device)
  }

  /// Waits until everything asked of the device is done.
  public func synchronize() throws(TensorError) {
    try call("synchronize") { table, device in table.synchronize(device) }
  }

  /// Bytes of device memory that live tensors hold.
  public var bytesInUse: Int { pool.withLock { $0.used } }

  /// Bytes of device memory kept for the next tensors.
  public var bytesCached: Int { pool.withLock { $0.cached } }

  /// Gives kept memory back to the system, for example after a job of another size.
  public func releaseCachedMemory() {
    let blocks = pool.withLock { Blocks(pointers: $0.drain()) }
    calls.withLock { _ in for block in blocks.pointers { table.pointee.release(device, block) } }
  }

  /// Runs `body` and counts what the device did meanwhile; each operation is waited for, which costs time on an
  /// accelerator.
  public func profiled<Result>(_ body: () throws -> Result) rethrows -> (Result, OperationProfile) {
    calls.withLock { $0 = OperationProfile() }
    defer { calls.withLock { $0 = nil } }
    let result = try body()
    return (result, calls.withLock { $0 } ?? OperationProfile())
  }

  /// Enters the device.
  ///
  /// `flops` is what a profile counts. Throws `kernel` when the table's function does not return CK_OK.
  func call(
    _ operation: String, flops: Double = 0, _ body: (ck_backend, OpaquePointer) -> Int32
  ) throws(TensorError) {
    let status = calls.withLock { profile in
      guard profile != nil else { return body(table.pointee, device) }
      let start = ContinuousClock.now
      var status = body(table.pointee, device)
      if status == CK_OK { status = table.pointee.synchronize(device) }
      profile?.add(operation, seconds: (ContinuousClock.now - start) / .seconds(1), flops: flops)
      return status
    }
    guard status == CK_OK else { throw .kernel(operation: operation, reason: reason(status)) }
  }

  func allocate(_ bytes: Int) throws(TensorError) -> UnsafeMutableRawPointer {
    let bucket = MemoryPool.bucket(bytes)
    if let block = pool.withLock({ Block(pointer: $0.take(bucket)) }).pointer { return block }
    var memory: UnsafeMutableRawPointer?
    var status = calls.withLock { _ in table.pointee.allocate(device, bucket, &memory) }
    if status == CK_OUT_OF_MEMORY {
      releaseCachedMemory()
      status = calls.withLock { _ in table.pointee.allocate(device, bucket, &memory) }
    }
    if status == CK_OUT_OF_MEMORY { throw .outOfMemory(bytes: bytes) }
    guard status == CK_OK, let memory else {
      throw .kernel(operation: "allocate \(bytes) bytes", reason: reason(status))
    }
    pool.withLock { $0.note(bucket) }
    return memory
  }

  func recycle(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    let block = Block(pointer: memory)
    pool.withLock { pool in
      if let pointer = block.pointer { pool.give(pointer, MemoryPool.bucket(bytes)) }
    }
  }

  private func reason(_ status: Int32) -> String {
    let text = String(cString: ck_status_text(status))
    let detail = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      buffer.initialize(repeating: 0)
      table.pointee.failure(device, buffer.baseAddress!, buffer.count)
      return String(cString: buffer.baseAddress!)
    }
    return detail.isEmpty ? text : "\(text): \(detail)"
  }

  /// Addresses of device memory cross the mutex: they are owned by whoever takes them out.
  private struct Block: @unchecked Sendable { let pointer: UnsafeMutableRawPointer? }
  private struct Blocks: @unchecked Sendable { let pointers: [UnsafeMutableRawPointer] }
}
