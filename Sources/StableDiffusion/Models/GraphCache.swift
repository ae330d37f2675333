import Synchronization
import Tensors

/// Recorded evaluations of a network by the sizes of what goes in: on a device that records, all of an evaluation
/// but its inputs is then one call.
///
/// An evaluation of new sizes runs call by call, the next of the same sizes is recorded, all others replay it. Used
/// by the device's thread; the mutex makes networks Sendable.
final class GraphCache<Key: Hashable & Sendable, Graph: Sendable>: Sendable {
  private enum Entry {
    case seenOnce
    case recorded(Graph)
    case refused
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var order: [Key] = []
  }

  private let state = Mutex(State())
  /// Graphs kept: each has memory of its own for all that is between its inputs and its output.
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// The result by a graph, or by `run` where there is none yet.
  func perform(
    _ key: Key, record: () throws -> Graph, replay: (Graph) throws -> Tensor, run: () throws -> Tensor
  ) throws -> Tensor {
    switch state.withLock({ $0.entries[key] }) {
    case nil:
      remember(key, .seenOnce)
      return try run()
    case .recorded(let graph):
      return try replay(graph)
    case .seenOnce:
      guard let graph = try? record() else {
        remember(key, .refused)
        return try run()
      }
      remember(key, .recorded(graph))
      return try replay(graph)
    case .refused:
      return try run()
    }
  }

  /// Forgets all graphs, which gives their memory back.
  func removeAll() { state.withLock { $0 = State() } }

  private func remember(_ key: Key, _ entry: Entry) {
    state.withLock { state in
      state.order.removeAll { $0 == key }
      state.order.append(key)
      state.entries[key] = entry
      if state.order.count > limit { state.entries[state.order.removeFirst()] = nil }
    }
  }
}
