/// An experiment over up to three settings: what changes from cell to cell.
///
/// Follows A1111's script "X/Y/Z plot": x goes right, y down, z from table to table.
public struct GridPlan: Hashable, Sendable {
  /// One direction with its values.
  public struct Axis: Hashable, Sendable {
    /// The setting.
    public let axis: GridAxis
    /// What stands beside each place.
    public let labels: [String]
    let changes: [[String: GridValue]]
  }

  /// One cell's place and what it changes, by the request's field names.
  public struct Cell: Hashable, Sendable {
    /// Column, row and table, from 0.
    public let x: Int, y: Int, z: Int
    /// The fields that differ from the request the grid began with.
    public let changes: [String: GridValue]
  }

  /// x, y and z; nil where nothing changes.
  public let x: Axis?, y: Axis?, z: Axis?

  /// Reads the axes.
  /// - Parameters:
  ///   - axes: Name and values of x, y and z; nil or empty names for none.
  ///   - prompt: What "Prompt S/R" and "Prompt order" look at, with `negativePrompt`.
  ///   - most: Most cells.
  /// - Throws: `UserError` `unknown_axis`, `bad_axis_values`, `too_many_cells`, `same_axis`, `no_axis`,
  ///   `prompt_too_long`.
  public init(
    x: (name: String, values: String)?, y: (name: String, values: String)?,
    z: (name: String, values: String)?, prompt: String, negativePrompt: String, most: Int
  ) throws(UserError) {
    try Limits().checkPrompt(prompt, .prompt)
    try Limits().checkPrompt(negativePrompt, .negativePrompt)
    self.x = try Self.axis(x, prompt, negativePrompt)
    self.y = try Self.axis(y, prompt, negativePrompt)
    self.z = try Self.axis(z, prompt, negativePrompt)
    let axes = [self.x, self.y, self.z].compactMap { $0 }
    guard !axes.isEmpty else {
      throw UserError(code: "no_axis", message: "expected at least one axis, found none", field: "x")
    }
    var fields: Set<String> = []
    for field in axes.flatMap({ Set($0.changes.flatMap(\.keys)).sorted() })
    where !fields.insert(field).inserted {
      throw UserError(
        code: "same_axis", message: "expected axes that change different settings, found \(field) twice",
        field: "axis")
    }
    let count = axes.reduce(1) { $0.multipliedReportingOverflow(by: $1.labels.count).partialValue }
    guard count <= most else {
      throw UserError(
        code: "too_many_cells", message: "a grid has at most \(most) cells; got \(count)", field: "values")
    }
  }

  /// Columns, rows and tables.
  public var size: (x: Int, y: Int, z: Int) {
    (x?.labels.count ?? 1, y?.labels.count ?? 1, z?.labels.count ?? 1)
  }

  /// Every cell in the order to make them: dear settings change least often, else row by row.
  public var cells: [Cell] {
    let size = size
    var cells: [Cell] = []
    for z in 0..<size.z {
      for y in 0..<size.y {
        for x in 0..<size.x {
          var changes: [String: GridValue] = [:]
          for (axis, place) in [(self.z, z), (self.y, y), (self.x, x)] {
            changes.merge(axis?.changes[place] ?? [:]) { $1 }
          }
          cells.append(Cell(x: x, y: y, z: z, changes: changes))
        }
      }
    }
    return cells.sorted { order($0).lexicographicallyPrecedes(order($1)) }
  }

  /// A cell's place in the order: dearest axis first, then z, y, x.
  private func order(_ cell: Cell) -> [Int] {
    let places = [(z?.axis.cost ?? 0, cell.z), (y?.axis.cost ?? 0, cell.y), (x?.axis.cost ?? 0, cell.x)]
    let outer = places.enumerated().sorted { ($1.element.0, $0.offset) < ($0.element.0, $1.offset) }
    return outer.map(\.element.1)
  }

  private static func axis(
    _ given: (name: String, values: String)?, _ prompt: String, _ negativePrompt: String
  ) throws(UserError) -> Axis? {
    guard let given, !given.name.isEmpty, NameLookup.folded(given.name) != "nothing" else { return nil }
    let axis = try GridAxis.named(given.name)
    // Commas are part of prompts.
    let values = axis.kind == .promptLines ? [] : try GridValueList.read(given.values, axis: axis)
    switch axis.kind {
    case .integer, .number, .boolean, .text:
      return Axis(axis: axis, labels: values.map(\.label), changes: values.map { [axis.field: $0] })
    case .size:
      var changes: [[String: GridValue]] = []
      for value in values {
        let size = try GridValueList.size(value.label, axis)
        changes.append(["width": .integer(size.width), "height": .integer(size.height)])
      }
      return Axis(axis: axis, labels: values.map(\.label), changes: changes)
    case .searchAndReplace:
      return try replaced(axis, values.map(\.label), prompt, negativePrompt)
    case .promptOrder:
      return try ordered(axis, values.map(\.label), prompt)
    case .promptLines: return try lines(axis, given.values)
    }
  }

  private static func lines(_ axis: GridAxis, _ text: String) throws(UserError) -> Axis {
    let lines = try PromptLine.lines(text)
    guard !lines.isEmpty else { throw GridValueList.wrong(axis, "at least one line", "none") }
    return Axis(axis: axis, labels: lines.map(\.label), changes: lines.map(\.changes))
  }

  private static func replaced(
    _ axis: GridAxis, _ values: [String], _ prompt: String, _ negativePrompt: String
  ) throws(UserError) -> Axis {
    let search = values[0]
    guard !search.isEmpty, prompt.contains(search) || negativePrompt.contains(search) else {
      throw GridValueList.wrong(axis, "a first value that the prompts have", search)
    }
    var changes: [[String: GridValue]] = []
    for value in values {
      changes.append([
        "prompt": .text(try replaced(prompt, search, value, .prompt)),
        "negative_prompt": .text(try replaced(negativePrompt, search, value, .negativePrompt)),
      ])
    }
    return Axis(axis: axis, labels: values, changes: changes)
  }

  /// Counts before it writes: a long value at many places is a text of gigabytes.
  private static func replaced(
    _ prompt: String, _ search: String, _ value: String, _ field: GenerationRequest.CodingKeys
  ) throws(UserError) -> String {
    let growth = max(0, value.utf8.count - search.utf8.count)
    try Limits().checkPromptBytes(prompt.utf8.count + prompt.ranges(of: search).count * growth, field)
    return prompt.replacing(search, with: value)
  }

  /// Every order of the values; where the prompt has one, another stands.
  private static func ordered(
    _ axis: GridAxis, _ values: [String], _ prompt: String
  ) throws(UserError) -> Axis {
    guard values.count <= 4 else { throw GridValueList.wrong(axis, "at most 4 values", "\(values.count)") }
    var (places, rest) = ([Substring](), prompt[...])
    var found: [Range<String.Index>] = []
    for value in values { found.append(try place(of: value, in: prompt, axis)) }
    for place in found.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard place.lowerBound >= rest.startIndex else {
        throw GridValueList.wrong(axis, "values that do not overlap in the prompt", prompt)
      }
      places.append(rest[..<place.lowerBound])
      rest = rest[place.upperBound...]
    }
    let orders = permutations(values)
    return Axis(
      axis: axis, labels: orders.map { $0.joined(separator: ", ") },
      changes: orders.map { order in
        ["prompt": .text(zip(places, order).map { String($0) + $1 }.joined() + rest)]
      })
  }

  private static func place(
    of value: String, in prompt: String, _ axis: GridAxis
  ) throws(UserError) -> Range<String.Index> {
    guard !value.isEmpty, let place = prompt.firstRange(of: value) else {
      throw GridValueList.wrong(axis, "values that the prompt has", value)
    }
    return place
  }

  private static func permutations(_ values: [String]) -> [[String]] {
    guard values.count > 1 else { return [values] }
    return values.indices.flatMap { index in
      var rest = values
      let first = rest.remove(at: index)
      return permutations(rest).map { [first] + $0 }
    }
  }
}
