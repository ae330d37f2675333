public import Generation
import Synchronization

/// The workers seen lately, and what they offer together.
///
/// A worker that went away stays known, so that jobs for its models can be queued while it restarts.
/// Safe to call from any thread; never blocks longer than a copy.
public final class CapabilitiesRegistry: Sendable {
  private struct Entry: Sendable {
    var id: WorkerID
    var capabilities: WorkerCapabilities
    var state: WorkerStatus.State
  }

  private let entries = Mutex<[Entry]>([])
  private let onChange: @Sendable () -> Void

  /// Makes a registry that calls `onChange` after each change, outside its lock.
  ///
  /// `remembered` workers are offline until they connect.
  public init(
    remembered: [RememberedWorker] = [], onChange: @escaping @Sendable () -> Void = {}
  ) {
    self.onChange = onChange
    entries.withLock { entries in
      entries = remembered.map { Entry(id: $0.name, capabilities: $0.capabilities, state: .offline) }
    }
  }

  /// What to remember over a restart.
  var remembered: [RememberedWorker] {
    entries.withLock { $0.map { RememberedWorker(name: $0.id, capabilities: $0.capabilities) } }
  }

  /// A worker shook hands, or sent its capabilities again.
  public func connected(_ id: WorkerID, _ capabilities: WorkerCapabilities) {
    entries.withLock { entries in
      if let index = entries.firstIndex(where: { $0.id == id }) {
        entries[index].capabilities = capabilities
        if entries[index].state == .offline { entries[index].state = .ready }
      } else {
        entries.append(Entry(id: id, capabilities: capabilities, state: .ready))
      }
    }
    onChange()
  }

  /// A worker took a job (`true`) or is free again.
  public func setBusy(_ id: WorkerID, _ busy: Bool) {
    set(id, busy ? .busy : .ready)
  }

  /// A worker's link ended.
  public func disconnected(_ id: WorkerID) { set(id, .offline) }

  private func set(_ id: WorkerID, _ state: WorkerStatus.State) {
    let changed = entries.withLock { entries in
      guard let index = entries.firstIndex(where: { $0.id == id }), entries[index].state != state else {
        return false
      }
      entries[index].state = state
      return true
    }
    if changed { onChange() }
  }

  /// The workers as clients see them, in the order they first connected.
  public var statuses: [WorkerStatus] {
    entries.withLock { entries in
      entries.map { WorkerStatus(name: $0.id, device: $0.capabilities.device, state: $0.state) }
    }
  }

  /// Whether at least one worker is connected.
  public var isReady: Bool { entries.withLock { $0.contains { $0.state != .offline } } }

  /// What connected workers offer, then what those gone offered; nil when no model was ever seen.
  var offers: WorkerOffers? {
    let known = entries.withLock { $0 }
    let ordered = known.filter { $0.state != .offline } + known.filter { $0.state == .offline }
    return WorkerOffers(ordered.map(\.capabilities))
  }
}
