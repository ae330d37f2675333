import Synchronization

/// The tensors of one component, from one file or several, and which of them were asked for.
final class TensorStore: Sendable {
  private struct Place {
    let file: Int
    let source: TensorSource
  }

  private let component: String
  private let files: [any TensorFile]
  private let places: [String: Place]
  private let unused: Mutex<Set<String>>

  /// Joins files whose names are the component's own; throws `.duplicateTensor` if a name stands in two of them.
  init(files: [any TensorFile], component: String) throws(CheckpointError) {
    var places: [String: Place] = [:]
    for (index, file) in files.enumerated() {
      for entry in file.entries {
        let place = Place(file: index, source: TensorSource(name: entry.name))
        guard places.updateValue(place, forKey: entry.name) == nil else {
          throw .duplicateTensor(file: file.label, tensor: entry.name)
        }
      }
    }
    self.component = component
    self.files = files
    self.places = places
    unused = Mutex(Set(places.keys))
  }

  /// Takes one file's tensors under the component's names for them.
  init(file: any TensorFile, table: [String: TensorSource], component: String) {
    self.component = component
    files = [file]
    places = table.mapValues { Place(file: 0, source: $0) }
    unused = Mutex(Set(table.keys))
  }

  /// Every name.
  var names: [String] { Array(places.keys) }

  func contains(_ name: String) -> Bool { places[name] != nil }

  func tensor(_ name: String) throws(CheckpointError) -> StoredTensor {
    guard let place = places[name] else { throw .missingTensor(name: "\(component): \(name)") }
    unused.withLock { _ = $0.remove(name) }
    return try place.source.taken(from: files[place.file])
  }

  func finish(allowing isAllowed: (String) -> Bool) throws(CheckpointError) {
    let left = unused.withLock { names in names.filter { !isAllowed($0) } }
    guard left.isEmpty else { throw .unusedTensors(component: component, names: left.sorted()) }
  }
}
