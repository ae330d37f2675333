import Checkpoints
import Layers
import Tensors

/// A named tensor of a test's checkpoint.
struct Entry {
  let name: String
  let shape: [Int]
  let values: [Float]

  init(_ name: String, _ shape: [Int], _ values: [Float]) {
    self.name = name
    self.shape = shape
    self.values = values
  }

  /// Small numbers that differ from each other.
  init(_ name: String, _ shape: [Int]) {
    let count = shape.reduce(1, *)
    let seed = name.unicodeScalars.reduce(7) { ($0 &* 31 &+ Int($1.value)) % 1009 }
    self.init(name, shape, (0..<count).map { Float((($0 + seed) * 7919) % 1013) / 1013 - 0.5 })
  }
}

/// Weights as if read from a float32 safetensors file.
func weights(_ entries: [Entry]) throws -> Weights {
  var header: [String] = []
  var data: [UInt8] = []
  for entry in entries {
    let start = data.count
    data += entry.values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    header.append(
      #""\#(entry.name)":{"dtype":"F32","shape":\#(entry.shape),"data_offsets":[\#(start),\#(data.count)]}"#)
  }
  let json = Array("{\(header.joined(separator: ","))}".utf8)
  let prefix = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) }
  return try Weights(try SafetensorsFile(bytes: prefix + json + data, label: "test"), component: "test")
}

/// A loader over these weights on the reference backend.
func loader(_ entries: [Entry]) throws -> LayerLoader {
  LayerLoader(try weights(entries), backend: try Backend.named("reference"))
}

extension LayerLoader {
  /// A tensor of small numbers that differ from each other.
  func input(_ shape: [Int]) throws -> Tensor {
    try backend.tensor(Entry("input", shape).values, shape: Shape(shape))
  }
}

/// The largest difference; infinite if the counts differ.
func difference(_ one: Tensor, _ other: Tensor) throws -> Float {
  let (one, other) = (try one.floats(), try other.floats())
  guard one.count == other.count else { return .infinity }
  return zip(one, other).map { abs($0 - $1) }.max() ?? 0
}
