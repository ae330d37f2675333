import Tensors
import Testing

/// One convolution: what the tests vary.
struct ConvCase: Sendable, CustomTestStringConvertible {
  var batch = 1
  var height = 5
  var width = 7
  var channels1 = 3
  var channels2 = 0
  var outputs = 5
  var kernel = (height: 3, width: 3)
  var geometry = ConvGeometry.same
  var activation = Activation.none
  var fused = false  // with channel add and residual
  var normalised = false  // behind a group norm of one group and SiLU

  var inputs: Int { channels1 + channels2 }
  var size: (height: Int, width: Int) { geometry.enlargedTo ?? (height, width) }
  var padding: ConvGeometry.Padding {
    geometry.padding
      ?? .init(
        top: kernel.height / 2, left: kernel.width / 2, bottom: kernel.height / 2, right: kernel.width / 2)
  }
  var outHeight: Int { (size.height + padding.top + padding.bottom - kernel.height) / geometry.stride + 1 }
  var outWidth: Int { (size.width + padding.left + padding.right - kernel.width) / geometry.stride + 1 }
  var outShape: Shape { [batch, outHeight, outWidth, outputs] }

  var first: [Float] { Numbers.list(batch * height * width * channels1, seed: 1) }
  var second: [Float] { Numbers.list(batch * height * width * channels2, seed: 2) }
  var weight: [Float] { Numbers.list(outputs * inputs * kernel.height * kernel.width, seed: 3, scale: 0.3) }
  var bias: [Float] { Numbers.list(outputs, seed: 4) }
  var channelAdd: [Float] { Numbers.list(batch * outputs, seed: 5) }
  var normScale: [Float] { Numbers.list(inputs, seed: 7) }
  var normShift: [Float] { Numbers.list(inputs, seed: 8) }
  var residual: [Float] { Numbers.list(outShape.count, seed: 6) }

  var testDescription: String {
    "\(batch)×\(height)×\(width)×\(channels1)+\(channels2) → \(outShape), stride \(geometry.stride), "
      + "kernel \(kernel.height)×\(kernel.width), \(activation)\(fused ? ", fused" : "")"
      + (normalised ? ", normalised" : "")
  }

  /// Runs it on a backend.
  func run(on backend: Backend) throws -> Tensor {
    let x1 = try backend.tensor(first, shape: [batch, height, width, channels1])
    let x2 =
      channels2 > 0 ? try backend.tensor(second, shape: [batch, height, width, channels2]) : nil
    let packed = try PackedConv(
      on: backend, weight: weight, shape: [outputs, inputs, kernel.height, kernel.width], bias: bias)
    var epilogue = Epilogue(activation: activation)
    if fused {
      epilogue.channelAdd = try backend.tensor(channelAdd, shape: [batch, outputs])
      epilogue.residual = try backend.tensor(residual, shape: outShape)
    }
    let norm =
      normalised ? try x1.groupNormFactors(normOptions(backend), activation: .silu, concatenating: x2) : nil
    return try x1.conv(packed, geometry, concatenating: x2, normalisedBy: norm, then: epilogue)
  }

  private func normOptions(_ backend: Backend) throws -> GroupNormOptions {
    try GroupNormOptions(
      scale: backend.parameters(normScale, shape: [inputs]),
      shift: backend.parameters(normShift, shape: [inputs]), groups: 1, epsilon: 1e-5)
  }

  /// What the kernel sees of the two sources: [batch, height, width, inputs].
  private func seen() -> [Double] {
    let x = channels2 > 0 ? sideBySide(first, channels1, second, channels2) : first
    guard normalised else { return x.map(Double.init) }
    return Oracle.groupNorm(
      x, batch: batch, channels: inputs, groups: 1, scale: normScale, shift: normShift,
      epsilon: Double(Float(1e-5))
    ).map { Oracle.activate($0, .silu) }
  }

  /// The definition in double precision.
  func oracle() -> [Double] {
    let (values, weight, bias) = (seen(), weight, bias)
    let (add, residual) = (channelAdd, residual)
    func value(_ image: Int, _ y: Int, _ x: Int, _ channel: Int) -> Double {
      guard (0..<size.height).contains(y), (0..<size.width).contains(x) else { return 0 }
      let pixel = (image * height + y * height / size.height) * width + x * width / size.width
      return values[pixel * inputs + channel]
    }
    var out: [Double] = []
    for image in 0..<batch {
      for y in 0..<outHeight {
        for x in 0..<outWidth {
          for output in 0..<outputs {
            var sum = Double(bias[output])
            for input in 0..<inputs {
              for ky in 0..<kernel.height {
                for kx in 0..<kernel.width {
                  let at = ((output * inputs + input) * kernel.height + ky) * kernel.width + kx
                  let row = y * geometry.stride + ky - padding.top
                  sum +=
                    value(image, row, x * geometry.stride + kx - padding.left, input) * Double(weight[at])
                }
              }
            }
            if fused { sum += Double(add[image * outputs + output]) }
            sum = Oracle.activate(sum, activation)
            if fused { sum += Double(residual[out.count]) }
            out.append(sum)
          }
        }
      }
    }
    return out
  }
}
