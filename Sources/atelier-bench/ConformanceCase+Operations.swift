import Tensors

/// One convolution's sizes; pictures are square.
struct ConvShape: Sendable {
  var batch: Int
  var side: Int
  var first: Int
  var second = 0
  var outputs: Int
  var kernel = 3
  var geometry = ConvGeometry.same
  /// With an addend a channel, a residual and the activation.
  var fused = false
  var activation = Activation.silu
  /// Behind a group norm with SiLU.
  var normed = false
}

/// Numbers in −scale…scale that are the same on every host.
private func numbers(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (Float(state >> 40) / Float(1 << 23) - 1) * scale
  }
}

extension ConformanceCase {
  static func conv(_ name: String, _ shape: ConvShape) -> ConformanceCase {
    ConformanceCase(name) { backend in
      let (side, inputs) = (shape.side, shape.first + shape.second)
      let x = try backend.tensor(
        numbers(shape.batch * side * side * shape.first, seed: 1),
        shape: [shape.batch, side, side, shape.first])
      let skip =
        shape.second == 0
        ? nil
        : try backend.tensor(
          numbers(shape.batch * side * side * shape.second, seed: 2),
          shape: [shape.batch, side, side, shape.second])
      let taps = inputs * shape.kernel * shape.kernel
      let packed = try PackedConv(
        on: backend, weight: numbers(shape.outputs * taps, seed: 3, scale: 2 / Float(taps).squareRoot()),
        shape: [shape.outputs, inputs, shape.kernel, shape.kernel], bias: numbers(shape.outputs, seed: 4))
      let norm =
        shape.normed
        ? try x.groupNormFactors(norm(backend, inputs), activation: .silu, concatenating: skip) : nil
      var epilogue = Epilogue()
      if shape.fused {
        let plain = try x.conv(packed, shape.geometry, concatenating: skip, normalisedBy: norm)
        epilogue.activation = shape.activation
        epilogue.channelAdd = try backend.tensor(
          numbers(shape.batch * shape.outputs, seed: 5), shape: [shape.batch, shape.outputs])
        epilogue.residual = try backend.tensor(numbers(plain.count, seed: 6), shape: plain.shape)
      }
      return try x.conv(packed, shape.geometry, concatenating: skip, normalisedBy: norm, then: epilogue)
        .floats()
    }
  }

  static func linear(
    _ name: String, rows: Int, inputs: Int, outputs: Int, activation: Activation = .none, gated: Bool = false,
    residual: Bool = false
  ) -> ConformanceCase {
    ConformanceCase(name) { backend in
      let all = gated ? 2 * outputs : outputs
      let packed = try PackedLinear(
        on: backend, weight: numbers(all * inputs, seed: 11, scale: 2 / Float(inputs).squareRoot()),
        outputs: all,
        inputs: inputs, bias: numbers(all, seed: 12), gated: gated)
      let added =
        residual ? try backend.tensor(numbers(rows * outputs, seed: 13), shape: [rows, outputs]) : nil
      return try backend.tensor(numbers(rows * inputs, seed: 14), shape: [rows, inputs])
        .linear(packed, activation: activation, residual: added).floats()
    }
  }

  /// `outlier`: the last row's scores are so large that a running maximum is needed; bfloat16 holds all numbers.
  static func attention(
    _ name: String, batch: Int, rows: Int, heads: Int, size: Int, causal: Bool = false, outlier: Bool = false
  ) -> ConformanceCase {
    ConformanceCase(name) { backend in
      let width = 3 * heads * size
      let small = numbers(batch * rows * width, seed: 21)
      let x =
        outlier
        ? small.enumerated().map { ($1 * 16).rounded() / ($0 / width % rows == rows - 1 ? 1 : 16) } : small
      return try backend.tensor(x, shape: [batch, rows, width])
        .selfAttention(AttentionOptions(heads: heads, causal: causal)).floats()
    }
  }

  private static func norm(_ backend: Backend, _ channels: Int, groups: Int = 8) throws -> GroupNormOptions {
    try GroupNormOptions(
      scale: backend.parameters(numbers(channels, seed: 31), shape: [channels]),
      shift: backend.parameters(numbers(channels, seed: 32), shape: [channels]), groups: groups, epsilon: 1e-5
    )
  }

  static let norms: [ConformanceCase] = [
    ConformanceCase("group norm 2×33×33×40+24, silu") { backend in
      let x = try backend.tensor(numbers(2 * 33 * 33 * 40, seed: 33), shape: [2, 33, 33, 40])
      let skip = try backend.tensor(numbers(2 * 33 * 33 * 24, seed: 34), shape: [2, 33, 33, 24])
      return try x.groupNorm(norm(backend, 64), activation: .silu, concatenating: skip).floats()
    },
    ConformanceCase("group norm 1×3×3×1200, 2 groups") { backend in
      try backend.tensor(numbers(9 * 1200, seed: 35), shape: [1, 3, 3, 1200])
        .groupNorm(norm(backend, 1200, groups: 2)).floats()
    },
    ConformanceCase("layer norm 77×320") { backend in
      try backend.tensor(numbers(77 * 320, seed: 36), shape: [77, 320]).layerNorm(
        scale: backend.parameters(numbers(320, seed: 37), shape: [320]),
        shift: backend.parameters(numbers(320, seed: 38), shape: [320]), epsilon: 1e-5
      ).floats()
    },
    ConformanceCase("softmax 5×300") { backend in
      try backend.tensor(numbers(1500, seed: 39, scale: 8), shape: [5, 300]).softmax().floats()
    },
  ]

  static let elementwise: [ConformanceCase] = [
    ConformanceCase("silu, sum, scale, clamp") { backend in
      let x = try backend.tensor(numbers(1003, seed: 41, scale: 4), shape: [1003])
      return try x.activated(.silu).adding(x).scaled(by: 0.5, adding: 0.1, clampedTo: -1...1.5).floats()
    },
    ConformanceCase("combination of four in float32") { backend in
      let x = try (0..<4).map {
        try backend.parameters(numbers(700, seed: 42 + UInt64($0)), shape: [7, 100])
      }
      return try Tensor.combination([(1, x[0]), (-0.5, x[1]), (7.5, x[2]), (0.1, x[3])]).floats()
    },
    ConformanceCase("repeated and joined") { backend in
      let x = try backend.tensor(numbers(33, seed: 46), shape: [1, 33])
      return try Tensor.concatenatedBatch([x.repeated(3), x]).floats()
    },
    ConformanceCase("timestep embedding") { backend in
      try backend.timestepEmbedding([0, 1, 500.5, 999], TimestepEmbedding(dimension: 320)).floats()
    },
    ConformanceCase("token embedding") { backend in
      let table = try backend.tensor(numbers(50 * 24, seed: 47), shape: [50, 24])
      let places = try backend.tensor(numbers(4 * 24, seed: 48), shape: [4, 24])
      return try backend.embedding([0, 49, 7, 7, 3, 2, 1, 0], length: 4, tokens: table, positions: places)
        .floats()
    },
    ConformanceCase("picture bytes") { backend in
      try backend.parameters(numbers(999, seed: 49, scale: 1.2), shape: [1, 3, 111, 3]).imageBytes().map(
        Float.init)
    },
    ConformanceCase("count of what is not finite") { backend in
      let values: [Float] = [0, .infinity, 1, .nan, -.infinity]
      return [Float(try backend.parameters(values, shape: [5]).nonFiniteCount())]
    },
  ]
}
