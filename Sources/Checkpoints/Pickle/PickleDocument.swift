/// What a pickle says: its outermost value and the tables that values are numbers of.
struct PickleDocument: Sendable {
  /// A block of elements outside the pickle.
  struct Storage: Equatable, Sendable {
    /// Its name among the archive's members or the file's storages.
    let key: String
    let type: ElementType
    /// Its elements.
    let count: Int
  }

  /// A view into a storage.
  struct Tensor: Equatable, Sendable {
    let storage: Int
    /// In elements.
    let offset: Int
    let shape: [Int]
    /// In elements, none negative.
    let strides: [Int]
  }

  /// The outermost value.
  var root = PickleValue.nothing
  /// Contents of tuples and lists; of dictionaries keys and values in turns.
  var containers: [[PickleValue]] = []
  var storages: [Storage] = []
  var tensors: [Tensor] = []

  /// Keys and values of a dictionary, in order.
  func pairs(_ dictionary: Int) -> [(key: PickleValue, value: PickleValue)] {
    let items = containers[dictionary]
    return stride(from: 0, to: items.count - 1, by: 2).map { (items[$0], items[$0 + 1]) }
  }

  /// The last value under a text key.
  func value(_ key: String, in dictionary: Int) -> PickleValue? {
    pairs(dictionary).last { $0.key == .text(key) }?.value
  }
}
