import Tensors

#if canImport(Glibc)
  import Glibc
#endif

/// Operations as their definitions read, in double precision.
enum Oracle {
  static func activate(_ x: Double, _ activation: Activation) -> Double {
    switch activation {
    case .none: x
    case .silu: x / (1 + exp(-x))
    case .gelu: 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
    case .quickGELU: x / (1 + exp(-1.702 * x))
    }
  }

  /// [rows, inputs] × [outputs, inputs] → [rows, outputs].
  static func product(_ x: [Float], _ weight: [Float], bias: [Float]?, inputs: Int) -> [Double] {
    let (rows, outputs) = (x.count / inputs, weight.count / inputs)
    var out = [Double](repeating: 0, count: rows * outputs)
    for row in 0..<rows {
      for output in 0..<outputs {
        var sum = bias.map { Double($0[output]) } ?? 0
        for input in 0..<inputs {
          sum += Double(x[row * inputs + input]) * Double(weight[output * inputs + input])
        }
        out[row * outputs + output] = sum
      }
    }
    return out
  }

  static func softmax(_ x: [Double]) -> [Double] {
    let most = x.max() ?? 0
    let powers = x.map { exp($0 - most) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  static func layerNorm(
    _ x: [Float], columns: Int, scale: [Float]?, shift: [Float]?, epsilon: Double
  ) -> [Double] {
    var out: [Double] = []
    for row in stride(from: 0, to: x.count, by: columns) {
      let values = x[row..<row + columns].map(Double.init)
      let mean = values.reduce(0, +) / Double(columns)
      let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(columns)
      for (column, value) in values.enumerated() {
        let normal = (value - mean) / (variance + epsilon).squareRoot()
        out.append(normal * Double(scale?[column] ?? 1) + Double(shift?[column] ?? 0))
      }
    }
    return out
  }

  /// x is [batch, pixels, channels].
  static func groupNorm(
    _ x: [Float], batch: Int, channels: Int, groups: Int, scale: [Float], shift: [Float], epsilon: Double
  ) -> [Double] {
    let pixels = x.count / batch / channels
    let size = channels / groups
    var out = [Double](repeating: 0, count: x.count)
    for image in 0..<batch {
      for group in 0..<groups {
        var places: [Int] = []
        for pixel in 0..<pixels {
          for channel in group * size..<(group + 1) * size {
            places.append((image * pixels + pixel) * channels + channel)
          }
        }
        let mean = places.map { Double(x[$0]) }.reduce(0, +) / Double(places.count)
        let variance = places.map { (Double(x[$0]) - mean) * (Double(x[$0]) - mean) }.reduce(0, +)
        let deviation = (variance / Double(places.count) + epsilon).squareRoot()
        for place in places {
          out[place] =
            (Double(x[place]) - mean) / deviation * Double(scale[place % channels])
            + Double(shift[place % channels])
        }
      }
    }
    return out
  }
}
