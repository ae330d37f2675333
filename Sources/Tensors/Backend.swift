import CKernels
import Synchronization

/// An open device and its memory.
///
/// Tensors and packed weights keep it open.
///
/// Sendable, unchecked by the compiler: the C device is entered by one thread at a time, under `calls`, and
/// pools are behind mutexes of their own. A generation still runs on one thread; the mutexes are then never
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
  /// What convolutions and linear layers multiply.
  public let productType: ProductType

  let table: UnsafePointer<ck_backend>
  let device: OpaquePointer
  /// Whether convolutions go on at the opposite edge; see `wrapping`.
  let wrapsConvolutions = Atomic<Bool>(false)
  private let calls = Mutex<OperationProfile?>(nil)
  private let pool = DevicePool()
  /// The device of the same memory that this one was opened beside.
  let neighbour = Mutex<Backend?>(nil)
  /// Where tensors made while a graph is recorded get their memory.
  let recordingPool = Mutex<DevicePool?>(nil)

  /// The backends in this binary, best first.
  public static let all: [BackendDescription] = (0..<ck_backend_count()).compactMap { index in
    ck_backend_at(index).map { BackendDescription(name: String(cString: $0.pointee.name), index: index) }
  }

  /// Opens the backend a user named: one of `all`; `cpu` for the best of its tiers here, `auto` for the best of
  /// all that computes as asked; `cuda:1` for the second device of a backend.
  ///
  /// `threads` nil: one per physical core. `isInvariant`: a picture comes out the same in a batch of any size, which
  /// leaves libraries out that choose otherwise for each. Throws `unknownBackend` or `unavailable`, which list what
  /// exists.
  public static func named(
    _ name: String, threads: Int? = nil, precision: Precision = .autocast, isInvariant: Bool = false
  ) throws(TensorError) -> Backend {
    let (family, ordinal) = split(name)
    let candidates = all.filter { name == "auto" || $0.name == family || $0.name.hasPrefix("\(family):") }
    var last = TensorError.unknownBackend(name: name, available: all.map(\.name) + ["cpu"])
    for description in candidates {
      do throws(TensorError) {
        return try Backend(
          description, threads: threads, precision: precision, ordinal: ordinal, isInvariant: isInvariant)
      } catch {
        last = error
      }
    }
    throw candidates.count > 1 ? .unavailable(backend: name, reason: "none of its devices: \(last)") : last
  }

  /// `cuda:1` is device 1 of `cuda`; `cpu:avx2` is a backend of its own.
  private static func split(_ name: String) -> (family: String, ordinal: Int) {
    guard let colon = name.lastIndex(of: ":"), let ordinal = Int(name[name.index(after: colon)...]),
      (0..<1024).contains(ordinal)
    else { return (name, 0) }
    return (String(name[..<colon]), ordinal)
  }

  /// Opens a device.
  ///
  /// `ordinal`: which device of the backend. Throws `unavailable` if it is absent or does not take this many
  /// threads (1…256).
  public init(
    _ description: BackendDescription, threads: Int? = nil, precision: Precision = .autocast,
    ordinal: Int = 0, isInvariant: Bool = false
  ) throws(TensorError) {
    name = ordinal == 0 ? description.name : "\(description.name):\(ordinal)"
    if let absence = description.absence { throw .unavailable(backend: name, reason: absence) }
    guard let table = description.table, table.pointee.abi_version == UInt32(CK_ABI_VERSION) else {
      throw .unavailable(backend: name, reason: "its kernel table has another version")
    }
    guard let count = Int32(exactly: threads ?? 0), threads.map({ (1...256).contains($0) }) ?? true else {
      throw .unavailable(backend: name, reason: "expected 1 to 256 threads, found \(threads ?? 0)")
    }
    var options = ck_open_options(
      threads: count, precision: precision.rawValue, ordinal: Int32(clamping: ordinal),
      invariant: isInvariant ? 1 : 0)
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
    // A device that says nothing of its products multiplies what it stores.
    let product = info.product_type == 0 ? info.activation_type : info.product_type
    productType = ProductType(rawValue: product) ?? .float32
    deviceName = withUnsafeBytes(of: info.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  deinit {
    for block in pool.drain() { table.pointee.release(device, block) }
    table.pointee.close(device)
  }

  /// Waits until everything asked of the device is done.
  public func synchronize() throws(TensorError) {
    try call("synchronize") { table, device in table.synchronize(device) }
  }

  /// Bytes of device memory that live tensors hold.
  public var bytesInUse: Int { pool.used }

  /// Bytes of device memory kept for the next tensors.
  public var bytesCached: Int { pool.cached }

  /// How many blocks of memory the device has been asked for since it was opened.
  ///
  /// Stands still while shapes repeat: a loop's first round is its memory plan.
  public var allocations: Int { pool.made }

  /// Gives kept memory back to the system, for example after a job of another size.
  public func releaseCachedMemory() {
    release(pool.drain())
  }

  /// Whether `profiled` runs now.
  public var isProfiled: Bool { calls.withLock { $0 != nil } }

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
  /// `flops` is what a profile counts. Where memory is exhausted, what is kept for later is given back and the call
  /// made once more. Throws `kernel`, `outOfMemory` or `deviceFailed` when the table's function does not return
  /// CK_OK.
  func call(
    _ operation: String, flops: Double = 0, _ body: (ck_backend, OpaquePointer) -> Int32
  ) throws(TensorError) {
    var status = enter(operation, flops: flops, body)
    if status == CK_OUT_OF_MEMORY, releaseAllCachedMemory() {
      status = enter(operation, flops: flops, body)
    }
    guard status != CK_OK else { return }
    switch status {
    case Int32(CK_OUT_OF_MEMORY): throw .outOfMemory(bytes: 0)
    case Int32(CK_DEVICE_FAILED): throw .deviceFailed(operation: operation, reason: reason(status))
    default: throw .kernel(operation: operation, reason: reason(status))
    }
  }

  /// Gives kept memory back, the neighbour's too; false where there was none.
  private func releaseAllCachedMemory() -> Bool {
    let devices = [self, neighbour.withLock { $0 }].compactMap { $0 }.filter { $0.bytesCached > 0 }
    for device in devices { device.releaseCachedMemory() }
    return !devices.isEmpty
  }

  private func enter(
    _ operation: String, flops: Double, _ body: (ck_backend, OpaquePointer) -> Int32
  ) -> Int32 {
    calls.withLock { profile in
      guard profile != nil else { return body(table.pointee, device) }
      let start = ContinuousClock.now
      var status = body(table.pointee, device)
      if status == CK_OK { status = table.pointee.synchronize(device) }
      profile?.add(operation, seconds: (ContinuousClock.now - start) / .seconds(1), flops: flops)
      return status
    }
  }

  func allocate(_ bytes: Int) throws(TensorError) -> (UnsafeMutableRawPointer, DevicePool) {
    let pool = recordingPool.withLock { $0 } ?? self.pool
    let bucket = MemoryPool.bucket(bytes)
    if let block = pool.take(bucket) { return (block, pool) }
    var memory: UnsafeMutableRawPointer?
    do throws(TensorError) {
      try call("allocate \(bytes) bytes") { table, device in table.allocate(device, bucket, &memory) }
    } catch .outOfMemory {
      throw .outOfMemory(bytes: bytes)
    }
    guard let memory else { throw .outOfMemory(bytes: bytes) }
    pool.note(bucket)
    return (memory, pool)
  }

  func recycle(_ memory: UnsafeMutableRawPointer, bytes: Int, to pool: DevicePool) {
    if !pool.give(memory, MemoryPool.bucket(bytes)) { release([memory]) }
  }

  /// Gives blocks back to the device.
  func release(_ blocks: [UnsafeMutableRawPointer]) {
    let blocks = Blocks(pointers: blocks)
    calls.withLock { _ in for block in blocks.pointers { table.pointee.release(device, block) } }
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
  private struct Blocks: @unchecked Sendable { let pointers: [UnsafeMutableRawPointer] }
}
