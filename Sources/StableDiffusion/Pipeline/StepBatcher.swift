public import Tensors

/// Joins model evaluations of pictures that are made at the same time on one device.
///
/// Each picture keeps its sampler, noise and step; only what the UNet is asked meets here. Nobody waits for a picture
/// that may still take long to ask: members are those on the device's thread, of which only one runs at a time, so that
/// the last to ask finds the questions of all others. What cannot be one batch is performed one after the other.
///
/// Belongs to the device's thread.
public final class StepBatcher {
  private struct Waiting {
    let calls: [UNetCall]
    let answer: CheckedContinuation<[Tensor], any Error>
  }

  /// Where a call stands among those that wait.
  private struct Place {
    let waiting: Int
    let call: Int
  }

  /// Keys and values of several prompts as one, kept from step to step.
  private struct Joined {
    let parts: [UNetConditioning]
    let whole: UNetConditioning
  }

  /// What is worth a line in a log.
  public enum Event {
    /// So many pictures' evaluations were one batch, for the first time.
    case joined(Int)
    /// A batch did not come about; each of its calls is performed alone.
    case failed(any Error)
  }

  /// Joined conditionings kept: one for each text length that jobs of one shape have at a time.
  private static let capacity = 4

  private let tell: (Event) -> Void
  private var members = 0
  private var waiting: [Waiting] = []
  private var joined: [Joined] = []

  /// The most calls that were performed as one batch.
  public private(set) var largestBatch = 0

  /// - Parameter tell: Called with what happens.
  public init(tell: @escaping (Event) -> Void = { _ in }) { self.tell = tell }

  /// One more picture will ask; it must not suspend between its questions, or `leave` before.
  public func join() { members += 1 }

  /// A picture asks no more.
  public func leave() {
    members -= 1
    if members < 2 { joined = [] }
    if !waiting.isEmpty, waiting.count >= members { performAll() }
  }

  /// The answers to the calls of one picture's step, in their order, once all members have asked.
  /// - Throws: `TensorError` of this picture's calls.
  public nonisolated(nonsending) func perform(_ calls: [UNetCall]) async throws -> [Tensor] {
    // Nothing else of this thread's would run, and nobody could join.
    if members <= 1 { await Task.yield() }
    if members <= 1 { return try calls.map { try $0.perform() } }
    return try await withCheckedThrowingContinuation { answer in
      waiting.append(Waiting(calls: calls, answer: answer))
      if waiting.count >= members { performAll() }
    }
  }

  private func performAll() {
    let all = waiting
    waiting = []
    var answers = all.map { [Result<Tensor, any Error>?](repeating: nil, count: $0.calls.count) }
    for places in Self.groups(all) {
      let calls = places.map { all[$0.waiting].calls[$0.call] }
      for (place, result) in zip(places, perform(group: calls)) {
        answers[place.waiting][place.call] = result
      }
    }
    for (waiting, results) in zip(all, answers) {
      waiting.answer.resume(with: Result { try results.compactMap { try $0?.get() } })
    }
  }

  /// Which calls can be one batch, in the order in which they were asked.
  private static func groups(_ all: [Waiting]) -> [[Place]] {
    var groups: [(kind: UNetCall.Kind?, places: [Place])] = []
    for (index, waiting) in all.enumerated() {
      for (number, call) in waiting.calls.enumerated() {
        let (kind, place) = (call.kind, Place(waiting: index, call: number))
        if kind != nil, let found = groups.firstIndex(where: { $0.kind == kind }) {
          groups[found].places.append(place)
        } else {
          groups.append((kind, [place]))
        }
      }
    }
    return groups.map(\.places)
  }

  /// The results of calls of one kind; where they fail together, of each alone.
  private func perform(group calls: [UNetCall]) -> [Result<Tensor, any Error>] {
    if calls.count > 1 {
      do {
        let outputs = try UNetCall.perform(calls, conditioning(of: calls.map(\.conditioning)))
        if calls.count > largestBatch {
          largestBatch = calls.count
          tell(.joined(calls.count))
        }
        return outputs.map { .success($0) }
      } catch {
        joined = []
        tell(.failed(error))
      }
    }
    return calls.map { call in Result { try call.perform() } }
  }

  private func conditioning(of parts: [UNetConditioning]) throws -> UNetConditioning {
    if let known = joined.first(where: { joined in
      joined.parts.count == parts.count && zip(joined.parts, parts).allSatisfy { $0.isSame(as: $1) }
    }) {
      return known.whole
    }
    let whole = try UNetConditioning.joined(parts)
    joined = joined.suffix(Self.capacity - 1) + [Joined(parts: parts, whole: whole)]
    return whole
  }
}
