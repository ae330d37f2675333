/// A value on a pickle's stack.
///
/// Containers, tensors and storages are numbers of entries in the document's tables: nothing owns anything, so a
/// list within itself or a million lists deep costs neither memory nor stack when it goes away.
enum PickleValue: Equatable, Sendable {
  /// Python's `None`.
  case nothing
  case bool(Bool)
  case int(Int)
  /// A whole number of more than eight bytes, little-endian.
  case long([UInt8])
  case float(Double)
  case text(String)
  case bytes([UInt8])
  /// A tuple, by its number among the containers.
  case tuple(Int)
  /// A list or set.
  case list(Int)
  /// A dictionary: keys and values in turns.
  case dictionary(Int)
  /// A function or class of the allow list.
  case global(PickleGlobal)
  /// A storage, by its number among the storages.
  case storage(Int)
  /// A tensor, by its number among the tensors.
  case tensor(Int)
  /// Something of another library that stands in training checkpoints and is of no interest: never made.
  case opaque
}
