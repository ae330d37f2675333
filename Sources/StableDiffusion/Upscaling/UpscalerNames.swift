internal import Checkpoints

/// The tensors of an upscaler's file under one set of names, whichever program trained it.
///
/// Three namings of RRDBNet are in use: BasicSR's (`conv_first`, `body.0.rdb1.conv1`), the one before it
/// (`RRDB_trunk.0.RDB1.conv1`), and the first (`model.1.sub.0.RDB1.conv1.0`), which counts layers. BasicSR wraps
/// everything in `params_ema` or `params`.
struct UpscalerNames {
  private let file: any TensorFile
  private let places: [String: String]

  init(_ file: any TensorFile) throws(CheckpointError) {
    self.file = file
    let all = file.entries.map(\.name)
    let wrapper = ["params_ema.", "params."].first { prefix in all.contains { $0.hasPrefix(prefix) } } ?? ""
    let names = all.filter { $0.hasPrefix(wrapper) }
    let tail = Self.tail(names.map { String($0.dropFirst(wrapper.count)) })
    var places: [String: String] = [:]
    for name in names {
      places[Self.canonical(String(name.dropFirst(wrapper.count)), tail)] = name
    }
    self.places = places
  }

  /// Names, BasicSR's.
  var names: Set<String> { Set(places.keys) }

  /// A tensor's shape; nil without one.
  func shape(_ name: String) -> [Int]? {
    guard let place = places[name] else { return nil }
    return file.entries.first { $0.name == place }?.shape
  }

  /// A tensor's values, which must have a shape.
  /// - Throws: `CheckpointError` `missingTensor`, `wrongShape`.
  func floats(_ name: String, shape: [Int]) throws(CheckpointError) -> [Float] {
    guard let place = places[name] else { throw .missingTensor(name: "\(file.label): \(name)") }
    let tensor = try file.tensor(place)
    guard tensor.shape == shape else {
      throw .wrongShape(name: place, expected: shape, found: tensor.shape)
    }
    defer { tensor.releasePages() }
    return tensor.floats()
  }

  /// In the first naming the layers after the trunk are only numbered: what each number stands for.
  private static func tail(_ names: [String]) -> [String: String] {
    let numbers = Set(
      names.compactMap { name -> Int? in
        let parts = name.split(separator: ".")
        guard parts.count == 3, parts[0] == "model", let number = Int(parts[1]), number > 0 else {
          return nil
        }
        return number
      }
    ).sorted()
    guard numbers.count >= 2 else { return [:] }
    var result: [String: String] = [:]
    for (index, number) in numbers.dropLast(2).enumerated() {
      result["model.\(number)"] = "conv_up\(index + 1)"
    }
    result["model.\(numbers[numbers.count - 2])"] = "conv_hr"
    result["model.\(numbers[numbers.count - 1])"] = "conv_last"
    return result
  }

  private static func canonical(_ name: String, _ tail: [String: String]) -> String {
    var parts = name.split(separator: ".").map(String.init)
    guard parts.count >= 2, let kind = parts.popLast() else { return name }
    let layer = parts.joined(separator: ".")
    if let known = tail[layer] { return "\(known).\(kind)" }
    if layer == "model.0" { return "conv_first.\(kind)" }
    switch parts.first {
    case "model" where parts.count == 4: return "conv_body.\(kind)"
    case "model" where parts.count >= 6 && parts[2] == "sub":
      return "body.\(parts[3]).\(parts[4].lowercased()).\(parts[5]).\(kind)"
    case "RRDB_trunk" where parts.count == 4:
      return "body.\(parts[1]).\(parts[2].lowercased()).\(parts[3]).\(kind)"
    case "trunk_conv": return "conv_body.\(kind)"
    case "upconv1": return "conv_up1.\(kind)"
    case "upconv2": return "conv_up2.\(kind)"
    case "HRconv": return "conv_hr.\(kind)"
    default: return name
    }
  }
}
