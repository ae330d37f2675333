/// Writes series in Prometheus' text format (version 0.0.4): all of a name together, with its help and type.
struct MetricText {
  private var families: [String: [String]] = [:]
  private var heads: [String: String] = [:]

  /// Adds a counter or gauge; `series` is a name, with labels or without.
  mutating func add(_ series: String, _ type: String, _ value: Double) {
    let (name, _) = Self.split(series)
    begin(name, type)
    families[name, default: []].append("\(series) \(Self.number(value))")
  }

  /// Adds a histogram whose last count is of what lies above every bound.
  mutating func add(_ series: String, bounds: [Double], counts: [Int], sum: Double) {
    let (name, labels) = Self.split(series)
    begin(name, "histogram")
    let lead = labels.isEmpty ? "" : labels + ","
    let own = labels.isEmpty ? "" : "{\(labels)}"
    var total = 0
    for (index, count) in counts.enumerated() {
      total += count
      let bound = index < bounds.count ? Self.number(bounds[index]) : "+Inf"
      families[name, default: []].append("\(name)_bucket{\(lead)le=\"\(bound)\"} \(total)")
    }
    families[name, default: []].append("\(name)_sum\(own) \(Self.number(sum))")
    families[name, default: []].append("\(name)_count\(own) \(total)")
  }

  /// Everything added, by name.
  var text: String {
    families.sorted { $0.key < $1.key }.map { name, lines in
      (heads[name] ?? "") + lines.joined(separator: "\n") + "\n"
    }.joined()
  }

  /// A label's value, escaped.
  static func label(_ value: String) -> String {
    value.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\\\"
      case "\"": "\\\""
      case "\n": "\\n"
      default: String(scalar)
      }
    }.joined()
  }

  private mutating func begin(_ name: String, _ type: String) {
    guard heads[name] == nil else { return }
    let help = MetricHelp.all[name].map { "# HELP \(name) \($0)\n" } ?? ""
    heads[name] = help + "# TYPE \(name) \(type)\n"
  }

  private static func split(_ series: String) -> (name: String, labels: String) {
    guard let brace = series.firstIndex(of: "{") else { return (series, "") }
    return (String(series[..<brace]), String(series[series.index(after: brace)...].dropLast()))
  }

  private static func number(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}
