/// The functions and classes a checkpoint may name.
///
/// An allow list: what is not here is refused by name, and what is here is a word to this program, never code.
/// It is what checkpoints in the wild contain, as AUTOMATIC1111's `modules/safe.py` collected it.
enum PickleGlobal: Equatable, Sendable {
  /// `collections.OrderedDict`.
  case orderedDictionary
  /// `torch._utils._rebuild_tensor_v2`.
  case rebuildTensor
  /// `torch._utils._rebuild_parameter`.
  case rebuildParameter
  /// `torch.FloatStorage` and the others: the type of a storage's elements.
  case storage(ElementType)
  /// Something of a trainer's state: read over.
  case ignored

  /// The global of that name, or nil if it is not on the list.
  init?(module: String, name: String) {
    guard let global = Self.all["\(module) \(name)"] else { return nil }
    self = global
  }

  private static let all: [String: PickleGlobal] = [
    "collections OrderedDict": .orderedDictionary,
    "torch._utils _rebuild_tensor_v2": .rebuildTensor,
    "torch._utils _rebuild_parameter": .rebuildParameter,
    "torch FloatStorage": .storage(.float32),
    "torch HalfStorage": .storage(.float16),
    "torch BFloat16Storage": .storage(.bfloat16),
    "torch DoubleStorage": .storage(.float64),
    "torch LongStorage": .storage(.int64),
    "torch IntStorage": .storage(.int32),
    "torch ShortStorage": .storage(.int16),
    "torch CharStorage": .storage(.int8),
    "torch ByteStorage": .storage(.uint8),
    "torch BoolStorage": .storage(.bool),
    "torch float32": .ignored,
    "torch.nn.modules.container ParameterDict": .ignored,
    "numpy.core.multiarray scalar": .ignored,
    "numpy.core.multiarray _reconstruct": .ignored,
    "numpy._core.multiarray scalar": .ignored,
    "numpy._core.multiarray _reconstruct": .ignored,
    "numpy dtype": .ignored,
    "numpy ndarray": .ignored,
    "_codecs encode": .ignored,
    "pytorch_lightning.callbacks ModelCheckpoint": .ignored,
    "pytorch_lightning.callbacks.model_checkpoint ModelCheckpoint": .ignored,
    "__builtin__ set": .ignored,
  ]
}
