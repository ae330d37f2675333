import Synchronization
import Tensors

/// Recorded evaluations of a UNet by the sizes of what goes in: on a device that records, all of a step but its
/// inputs is then one call.
///
/// An evaluation of new sizes runs call by call, the next of the same sizes is recorded, all others replay it. Used
/// by the device's thread; the mutex makes the UNet Sendable.
final class UNetGraphs: Sendable {
  /// One evaluation: what must be alike for a graph to serve.
  struct Key: Hashable {
    let latents: Shape
    let addends: [Shape]
    let keysAndValues: [[Shape]]
  }

  private enum Entry {
    case seenOnce
    case recorded(UNetGraph)
    case refused
  }

  private struct State: @unchecked Sendable {
    var entries: [Key: Entry] = [:]
    var order: [Key] = []
  }

  private let state = Mutex(State())
  /// Graphs kept: each has memory of its own for all that is between its inputs and its output.
  private static let limit = 4

  /// The prediction by a graph, or by `run` where there is none yet.
  func predict(
    _ latents: Tensor, _ context: UNetStage.Context,
    _ run: (Tensor, UNetStage.Context) throws(TensorError) -> Tensor
  ) throws -> Tensor {
    let key = Key(
      latents: latents.shape, addends: context.timeAddends.map(\.shape),
      keysAndValues: context.keysAndValues.map { $0.map(\.shape) })
    switch state.withLock({ $0.entries[key] }) {
    case nil:
      remember(key, .seenOnce)
      return try run(latents, context)
    case .recorded(let graph):
      return try graph.predict(latents, context)
    case .seenOnce:
      guard let graph = try? UNetGraph(latents, context, run) else {
        remember(key, .refused)
        return try run(latents, context)
      }
      remember(key, .recorded(graph))
      return try graph.predict(latents, context)
    case .refused:
      return try run(latents, context)
    }
  }

  /// Forgets all graphs, which gives their memory back.
  func removeAll() { state.withLock { $0 = State() } }

  private func remember(_ key: Key, _ entry: Entry) {
    state.withLock { state in
      state.order.removeAll { $0 == key }
      state.order.append(key)
      state.entries[key] = entry
      if state.order.count > Self.limit { state.entries[state.order.removeFirst()] = nil }
    }
  }
}
