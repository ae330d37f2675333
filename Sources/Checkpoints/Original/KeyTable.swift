/// diffusers' names for a component's tensors, and where each is in a file of the original layout.
///
/// Built by whole modules, never by replacing parts of strings.
struct KeyTable {
  private let source: TensorNames
  private let prefix: String
  private var places: [String: TensorSource] = [:]
  private var used: Set<String> = []

  /// A table of the tensors `source` has, which all begin with `prefix` in the file.
  init(_ source: TensorNames, prefix: String) {
    self.source = source
    self.prefix = prefix
  }

  /// Maps the weight and the bias of a module, as far as the file has them.
  mutating func module(_ place: String, _ target: String, part: TensorSource.Part = .whole) {
    for parameter in [".weight", ".bias"] where source.contains(place + parameter) {
      tensor(place + parameter, target + parameter, part: part)
    }
  }

  /// Maps one tensor, if the file has it.
  mutating func tensor(_ place: String, _ target: String, part: TensorSource.Part = .whole) {
    guard source.contains(place) else { return }
    places[target] = TensorSource(name: prefix + place, part: part)
    used.insert(place)
  }

  /// Maps everything below a place under the same names below another.
  mutating func all(below place: String, _ target: String) {
    for name in source.names(below: place) { tensor(name, target + name.dropFirst(place.count)) }
  }

  /// Says that what is below a place is known and not needed.
  mutating func ignore(below place: String) {
    used.formUnion(source.names(below: place))
  }

  /// The table.
  ///
  /// What was neither mapped nor ignored stands in it under its own name, so that loading, which takes
  /// only what the model has, reports it.
  func finished() -> [String: TensorSource] {
    var places = places
    for name in source.names where !used.contains(name) {
      places[prefix + name] = TensorSource(name: prefix + name)
    }
    return places
  }
}
