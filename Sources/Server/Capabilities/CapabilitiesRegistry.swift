import Sockets
public import Generation
import JobQueue
import Synchronization
import WorkerProtocol

/// The workers seen lately, and what they offer together.
///
/// A worker that went away stays known, so that jobs for its models can be queued while it restarts.
/// Safe to call from any thread; never blocks longer than a copy.
public final class CapabilitiesRegistry: Sendable {
  private struct Entry: Sendable {
    var id: WorkerID
    var capabilities: WorkerCapabilities
    var state: WorkerStatus.State
    var vitals: WorkerVitals?
    var heardAt: MonotonicInstant?
    var busySince: MonotonicInstant?
    var isDrained = false
    var attempts = 0
  }

  /// Of more workers those that are away are forgotten.
  static let most = 256

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
  ///
  /// - Returns: models it had and has no more, and no other worker either, those gone for a while included.
  @discardableResult
  public func connected(_ id: WorkerID, _ capabilities: WorkerCapabilities) -> Set<String> {
    let gone = entries.withLock { entries -> Set<String> in
      var before: WorkerCapabilities?
      if let index = entries.firstIndex(where: { $0.id == id }) {
        before = entries[index].capabilities
        entries[index].capabilities = capabilities
        if entries[index].state == .offline { entries[index].state = .ready }
      } else {
        // Workers without a folder of their own have another name at each start.
        if entries.count >= Self.most, let away = entries.firstIndex(where: { $0.state == .offline }) {
          before = entries.remove(at: away).capabilities
        }
        entries.append(Entry(id: id, capabilities: capabilities, state: .ready))
      }
      let models = Set(before?.models.map(\.name) ?? [])
      return models.subtracting(entries.flatMap { $0.capabilities.models.map(\.name) })
    }
    onChange()
    return gone
  }

  /// A worker took a job (`true`) or is free again.
  public func setBusy(_ id: WorkerID, _ busy: Bool) {
    set(id, busy ? .busy : .ready)
  }

  /// A worker's link ended.
  public func disconnected(_ id: WorkerID) { set(id, .offline) }

  /// A worker is given nothing more, or is again.
  func setDrained(_ id: WorkerID, _ isDrained: Bool) {
    entries.withLock { entries in
      guard let index = entries.firstIndex(where: { $0.id == id }) else { return }
      entries[index].isDrained = isDrained
    }
    onChange()
  }

  /// A worker said that it lives, and how it is.
  func noteVitals(_ id: WorkerID, _ vitals: WorkerVitals) {
    entries.withLock { entries in
      guard let index = entries.firstIndex(where: { $0.id == id }) else { return }
      entries[index].vitals = vitals
      entries[index].heardAt = .now
    }
  }

  private func set(_ id: WorkerID, _ state: WorkerStatus.State) {
    let changed = entries.withLock { entries in
      guard let index = entries.firstIndex(where: { $0.id == id }), entries[index].state != state else {
        return false
      }
      entries[index].state = state
      entries[index].busySince = state == .busy ? .now : nil
      if state == .busy { entries[index].attempts += 1 }
      return true
    }
    if changed { onChange() }
  }

  /// The workers as clients see them, in the order they first connected.
  public var statuses: [WorkerStatus] {
    entries.withLock { entries in
      entries.map {
        WorkerStatus(
          name: $0.id, device: $0.capabilities.device, memoryBytes: $0.capabilities.memoryBytes,
          state: $0.state)
      }
    }
  }

  /// The workers as their keeper sees them.
  var health: [WorkerHealth] {
    entries.withLock { entries in
      let now = MonotonicInstant.now
      return entries.map { entry in
        WorkerHealth(
          name: entry.id, device: entry.capabilities.device, memoryBytes: entry.capabilities.memoryBytes,
          state: entry.state, vitals: entry.vitals,
          sinceHeartbeat: entry.heardAt.map { now - $0 }, busyFor: entry.busySince.map { now - $0 },
          isDrained: entry.isDrained, attempts: entry.attempts)
      }
    }
  }

  /// Connected workers and their models, for estimates.
  var connectedWorkers: [QueueWorker] {
    entries.withLock { entries in
      entries.filter { $0.state != .offline && !$0.isDrained }.map { entry in
        QueueWorker(id: entry.id, models: Set(entry.capabilities.models.map(\.name)))
      }
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
