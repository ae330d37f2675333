import Synchronization

/// A memory pool that tensors can be given back to from any thread.
///
/// Sendable, unchecked by the compiler: the pool is behind its mutex, and addresses are owned by whoever takes
/// them out.
final class DevicePool: @unchecked Sendable {
  private struct State {
    var pool = MemoryPool()
    var isClosed = false
  }
  private struct Blocks: @unchecked Sendable { let pointers: [UnsafeMutableRawPointer] }

  private let state = Mutex(State())

  var used: Int { state.withLock { $0.pool.used } }
  var cached: Int { state.withLock { $0.pool.cached } }
  var made: Int { state.withLock { $0.pool.made } }

  func take(_ bucket: Int) -> UnsafeMutableRawPointer? {
    state.withLock { Blocks(pointers: $0.pool.take(bucket).map { [$0] } ?? []) }.pointers.first
  }

  func note(_ bucket: Int) { state.withLock { $0.pool.note(bucket) } }

  /// Keeps a block for later; false where the pool is closed, and the block is the caller's to release.
  func give(_ block: UnsafeMutableRawPointer, _ bucket: Int) -> Bool {
    let blocks = Blocks(pointers: [block])
    return state.withLock { state in
      guard !state.isClosed else { return false }
      for pointer in blocks.pointers { state.pool.give(pointer, bucket) }
      return true
    }
  }

  /// Hands out all kept blocks to be released; `closing`: nothing is kept from now on.
  func drain(closing: Bool = false) -> [UnsafeMutableRawPointer] {
    state.withLock { state in
      state.isClosed = state.isClosed || closing
      return Blocks(pointers: state.pool.drain())
    }.pointers
  }
}
