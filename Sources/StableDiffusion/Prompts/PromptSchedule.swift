/// A prompt that changes while a picture forms: `[from:to:when]`, `[to:when]`, `[from::when]`, `[a|b]`.
///
/// Behaves as the grammar of AUTOMATIC1111's `prompt_parser.py`: what is not grammar is literal text.
public struct PromptSchedule: Equatable, Sendable {
  /// The text up to a step.
  public struct Part: Equatable, Sendable {
    /// The last step, counted from 1, that sees it.
    public var until: Int
    /// The text then.
    public var text: String

    /// Names a part.
    public init(until: Int, text: String) {
      self.until = until
      self.text = text
    }
  }

  /// The parts by ascending `until`; the last ends with the last step.
  public let parts: [Part]

  /// Reads a prompt for a pass of so many steps.
  /// - Parameter first: Steps of the pass before, to which fractions up to 1 and the first numbers belong; 0: there was
  ///   none.
  public init(_ prompt: String, steps: Int, after first: Int = 0) {
    guard let nodes = PromptScheduleParser.parse(prompt) else {
      parts = [Part(until: steps, text: prompt)]
      return
    }
    var changes: Set<Int> = [steps]
    let pass = PromptNode.Pass(steps: steps, first: first)
    for node in nodes { node.collectChanges(into: &changes, pass) }
    parts = changes.sorted().map { step in
      Part(until: step, text: nodes.map { $0.text(at: step, of: pass) }.joined())
    }
  }

  /// The text of a step, counted from 1.
  public func text(at step: Int) -> String {
    (parts.first { step <= $0.until } ?? parts[parts.count - 1]).text
  }
}

/// A piece of a prompt by the grammar.
indirect enum PromptNode: Equatable {
  case plain(String)
  /// An opening bracket, what is in it, and the closing one.
  case group([PromptNode])
  case scheduled(before: [PromptNode], after: [PromptNode], when: String)
  case alternate([[PromptNode]])

  /// Which steps a prompt is read for.
  struct Pass {
    let steps: Int
    /// Steps of the pass before; 0: there was none.
    let first: Int

    /// The step after which `[from:to:when]` changes: a number with a point is a part of all steps, or from 1 on of
    /// those of the second pass.
    func step(_ when: String) -> Int {
      guard let value = Double(when.hasSuffix(".") ? when + "0" : when) else { return steps }
      let step = when.contains(".") ? (value - (first > 0 ? 1 : 0)) * Double(steps) : value - Double(first)
      // Also for numbers no integer holds.
      return step >= Double(steps) ? steps : Int(max(step, -1))
    }
  }

  func text(at step: Int, of pass: Pass) -> String {
    func all(_ nodes: [PromptNode]) -> String { nodes.map { $0.text(at: step, of: pass) }.joined() }
    return switch self {
    case .plain(let text): text
    case .group(let nodes): all(nodes)
    case .scheduled(let before, let after, let when): all(step <= pass.step(when) ? before : after)
    case .alternate(let choices): all(choices[(step - 1) % choices.count])
    }
  }

  func collectChanges(into changes: inout Set<Int>, _ pass: Pass) {
    switch self {
    case .plain: break
    case .group(let nodes): for node in nodes { node.collectChanges(into: &changes, pass) }
    case .scheduled(let before, let after, let when):
      let step = pass.step(when)
      if step >= 1 { changes.insert(step) }
      for node in before + after { node.collectChanges(into: &changes, pass) }
    case .alternate(let choices):
      changes.formUnion(1...max(pass.steps, 1))
      for node in choices.joined() { node.collectChanges(into: &changes, pass) }
    }
  }
}
