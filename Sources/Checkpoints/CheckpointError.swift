/// What can be wrong with a model's files.
///
/// Files are named relative to the model's folder, so a message never shows a path of the host.
public enum CheckpointError: Error, Equatable, Sendable {
  /// The system refused to open, read or map a file; `reason` is its own words.
  case unreadableFile(file: String, reason: String)
  /// The system refused to make or write a file; `reason` is its own words.
  case unwritableFile(file: String, reason: String)
  /// A file the folder needs does not exist; `expected` lists the names that would do.
  case missingFile(expected: [String])
  /// A file that is read whole is larger than any sensible one.
  case fileTooLarge(file: String, limit: Int, found: Int)
  /// A file ends before what its own lengths announce.
  case fileTooShort(file: String, expected: Int, found: Int)
  /// A safetensors header is longer than the format allows.
  case headerTooLarge(file: String, limit: Int, found: UInt64)
  /// A safetensors header is not the JSON the format asks for.
  case malformedHeader(file: String, offset: Int, expected: String, found: String)
  /// A name stands twice in a file, or in two shards.
  case duplicateTensor(file: String, tensor: String)
  /// An element type the format does not know.
  case unknownElementType(file: String, tensor: String, found: String)
  /// An element type that is valid but cannot be used as a weight.
  case unusableElementType(tensor: String, found: String)
  /// Shape and element type ask for another number of bytes than the offsets span.
  case wrongByteCount(file: String, tensor: String, expected: Int, found: Int)
  /// A shape whose size overflows, or offsets that run backwards.
  case impossibleExtent(file: String, tensor: String, found: String)
  /// A tensor does not begin where the one before it ends: a gap or an overlap.
  case brokenTiling(file: String, tensor: String, expected: Int, found: Int)
  /// The tensors end before or after the file does.
  case wrongDataLength(file: String, expected: Int, found: Int)
  /// A zip archive is not exactly what PyTorch writes.
  case malformedArchive(file: String, reason: String)
  /// A pickle does not say what a checkpoint says; `offset` counts from the beginning of the file.
  case malformedPickle(file: String, offset: Int, reason: String)
  /// A pickle names a function or class that is not on the allow list.
  case refusedGlobal(file: String, name: String)
  /// A pickle has an instruction that is not on the allow list.
  case refusedInstruction(file: String, offset: Int, name: String)
  /// A file of weights is no model this program knows; `reason` says what was looked for.
  case unknownLayout(file: String, reason: String)
  /// A model file has no vocabulary beside it.
  case missingVocabulary(model: String, tokens: Int)
  /// The model asks for a tensor the files do not have.
  case missingTensor(name: String)
  /// A tensor has another shape than the model's configuration implies.
  case wrongShape(name: String, expected: [Int], found: [Int])
  /// The files hold tensors the model never asked for.
  case unusedTensors(component: String, names: [String])
  /// A JSON file does not have the form it must have.
  case malformedConfiguration(file: String, reason: String)
  /// A configuration asks for something this program does not do.
  case unsupported(file: String, key: String, found: String, expected: String)
}

extension CheckpointError: CustomStringConvertible {
  /// One sentence that says what was expected and what was found.
  public var description: String {
    switch self {
    case .unreadableFile(let file, let reason):
      "\(file) cannot be read: \(reason)"
    case .unwritableFile(let file, let reason):
      "\(file) cannot be written: \(reason)"
    case .missingFile(let expected):
      "the model has no \(expected.joined(separator: " or "))"
    case .fileTooLarge(let file, let limit, let found):
      "\(file) must be at most \(limit) bytes; it is \(found)"
    case .duplicateTensor(let file, let tensor):
      "\(file): tensor '\(tensor.printable())' stands twice"
    case .missingTensor(let name):
      "the weights have no tensor '\(name.printable())'"
    case .wrongShape(let name, let expected, let found):
      "tensor '\(name.printable())' has shape \(found), expected \(expected)"
    case .unusedTensors(let component, let names):
      Self.unused(component, names)
    case .unusableElementType(let tensor, let found):
      "tensor '\(tensor.printable())' has element type \(found), expected F32, F16 or BF16"
    case .malformedConfiguration(let file, let reason):
      "\(file): \(reason)"
    case .unsupported(let file, let key, let found, let expected):
      "\(file): \(key) is \(found), which is not supported; expected \(expected)"
    case .malformedArchive(let file, let reason), .unknownLayout(let file, let reason):
      "\(file): \(reason)"
    case .malformedPickle, .refusedGlobal, .refusedInstruction, .missingVocabulary:
      pickleDescription
    default:
      safetensorsDescription
    }
  }

  /// The sentences about pickles and what files of them lack.
  private var pickleDescription: String {
    switch self {
    case .malformedPickle(let file, let offset, let reason):
      "\(file): pickle at byte \(offset): \(reason)"
    case .refusedGlobal(let file, let name):
      "\(file) names \(name), which no checkpoint needs: refused, nothing was executed"
    case .refusedInstruction(let file, let offset, let name):
      "\(file): byte \(offset): the pickle instruction \(name) is refused, nothing was executed"
    case .missingVocabulary(let model, let tokens):
      "\(model) is a single file and needs CLIP's vocabulary of \(tokens) tokens: put a model in diffusers' "
        + "layout beside it, or run 'atelier models get-vocabulary'"
    default:
      "the model's files cannot be used"
    }
  }

  /// The sentences about the structure of a safetensors file.
  private var safetensorsDescription: String {
    switch self {
    case .fileTooShort(let file, let expected, let found):
      "\(file) ends too early: expected at least \(expected) bytes, found \(found)"
    case .headerTooLarge(let file, let limit, let found):
      "\(file): the header must be at most \(limit) bytes; it says \(found)"
    case .malformedHeader(let file, let offset, let expected, let found):
      "\(file): header byte \(offset): expected \(expected), found \(found)"
    case .unknownElementType(let file, let tensor, let found):
      "\(file): tensor '\(tensor.printable())' has the unknown element type '\(found.printable(40))'"
    case .wrongByteCount(let file, let tensor, let expected, let found):
      "\(file): tensor '\(tensor.printable())' spans \(found) bytes, expected \(expected) for its shape and type"
    case .impossibleExtent(let file, let tensor, let found):
      "\(file): tensor '\(tensor.printable())' has an impossible extent: \(found)"
    case .brokenTiling(let file, let tensor, let expected, let found):
      "\(file): tensor '\(tensor.printable())' begins at byte \(found) of the data, expected \(expected)"
    case .wrongDataLength(let file, let expected, let found):
      "\(file): the tensors need \(expected) bytes of data, the file has \(found)"
    default:
      "the model's files cannot be used"
    }
  }

  private static func unused(_ component: String, _ names: [String]) -> String {
    let shown = names.prefix(3).map { "'\($0.printable())'" }.joined(separator: ", ")
    let more = names.count > 3 ? " and \(names.count - 3) more" : ""
    return "\(component) has tensors the model does not use: \(shown)\(more)"
  }
}
