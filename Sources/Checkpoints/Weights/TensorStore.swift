import Synchronization

/// The tensors of one component, from one file or several, and which of them were asked for.
final class TensorStore: Sendable {
  private let component: String
  private let files: [SafetensorsFile]
  private let places: [String: Int]
  private let unused: Mutex<Set<String>>

  /// Joins the files; throws `.duplicateTensor` if a name stands in two of them.
  init(files: [SafetensorsFile], component: String) throws(CheckpointError) {
    var places: [String: Int] = [:]
    for (index, file) in files.enumerated() {
      for entry in file.entries {
        guard places.updateValue(index, forKey: entry.name) == nil else {
          throw .duplicateTensor(file: file.label, tensor: entry.name)
        }
      }
    }
    self.component = component
    self.files = files
    self.places = places
    unused = Mutex(Set(places.keys))
  }

  func contains(_ name: String) -> Bool { places[name] != nil }

  func tensor(_ name: String) throws(CheckpointError) -> StoredTensor {
    guard let place = places[name] else { throw .missingTensor(name: "\(component): \(name)") }
    unused.withLock { _ = $0.remove(name) }
    return try files[place].tensor(name)
  }

  func finish(allowing isAllowed: (String) -> Bool) throws(CheckpointError) {
    let left = unused.withLock { names in names.filter { !isAllowed($0) } }
    guard left.isEmpty else { throw .unusedTensors(component: component, names: left.sorted()) }
  }
}
