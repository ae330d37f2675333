import Tensors
import Testing

/// One attention: what the tests vary.
struct AttentionCase: Sendable, CustomTestStringConvertible {
  var batch = 1
  var queries: Int
  var keys: Int
  var heads: Int
  var headSize: Int
  var causal = false
  var scale: Float?
  var spread: Float = 1  // larger: sharper weights

  var channels: Int { heads * headSize }
  var q: [Float] { Numbers.list(batch * queries * channels, seed: 21, scale: spread) }
  var k: [Float] { Numbers.list(batch * keys * channels, seed: 22, scale: spread) }
  var v: [Float] { Numbers.list(batch * keys * channels, seed: 23) }
  var options: AttentionOptions { AttentionOptions(heads: heads, scale: scale, causal: causal) }

  var testDescription: String {
    "\(batch)×\(queries)×\(keys), \(heads) heads of \(headSize)\(causal ? ", causal" : "")"
  }

  func run(on backend: Backend) throws -> Tensor {
    try backend.tensor(q, shape: [batch, queries, channels]).attention(
      keys: backend.tensor(k, shape: [batch, keys, channels]),
      values: backend.tensor(v, shape: [batch, keys, channels]), options)
  }

  func oracle() -> [Double] {
    let (q, k, v) = (q, k, v)
    let factor = Double(scale ?? 1 / Float(headSize).squareRoot())
    var out = [Double](repeating: 0, count: batch * queries * channels)
    for image in 0..<batch {
      for head in 0..<heads {
        for query in 0..<queries {
          let at = (image * queries + query) * channels + head * headSize
          let visible = causal ? min(query + 1, keys) : keys
          let scores = (0..<visible).map { key in
            let other = (image * keys + key) * channels + head * headSize
            return factor * (0..<headSize).reduce(0.0) { $0 + Double(q[at + $1]) * Double(k[other + $1]) }
          }
          for (key, weight) in Oracle.softmax(scores).enumerated() {
            let other = (image * keys + key) * channels + head * headSize
            for index in 0..<headSize { out[at + index] += weight * Double(v[other + index]) }
          }
        }
      }
    }
    return out
  }
}

@Suite struct AttentionTests {
  static let cases: [AttentionCase] = [
    AttentionCase(queries: 1, keys: 1, heads: 1, headSize: 1),
    AttentionCase(batch: 2, queries: 64, keys: 64, heads: 4, headSize: 24),
    AttentionCase(batch: 3, queries: 17, keys: 77, heads: 2, headSize: 40),
    AttentionCase(queries: 77, keys: 77, heads: 4, headSize: 48, causal: true),
    AttentionCase(queries: 300, keys: 300, heads: 1, headSize: 64, causal: true),
    AttentionCase(batch: 2, queries: 33, keys: 129, heads: 2, headSize: 80),
    AttentionCase(queries: 16, keys: 257, heads: 2, headSize: 160),
    AttentionCase(queries: 400, keys: 131, heads: 1, headSize: 33),
    AttentionCase(queries: 250, keys: 20, heads: 1, headSize: 512),
    AttentionCase(queries: 20, keys: 300, heads: 2, headSize: 40, spread: 8),
    AttentionCase(queries: 9, keys: 5, heads: 2, headSize: 8, causal: true, scale: 0.25),
    AttentionCase(queries: 5, keys: 200, heads: 2, headSize: 8, causal: true),
  ]

  @Test(arguments: Conformance.present, cases)
  func `attends as the definition does`(name: String, testCase: AttentionCase) throws {
    // Steep scores are differences of large sums, of which half precision has 11 bits.
    let isCoarse = try testCase.spread > 1 && Backend.named(name, threads: 1).productType == .float16
    try Conformance.check(
      name, tolerance: isCoarse ? 5e-2 : 1e-5, isProduct: true, testCase.run(on:), oracle: testCase.oracle)
  }

  @Test(arguments: Conformance.present)
  func `reads queries, keys and values as columns of one product`(name: String) throws {
    let backend = try Backend.named(name, threads: 2)
    let (rows, channels) = (10, 24)
    let product = Numbers.list(2 * rows * 3 * channels, seed: 24)
    func part(_ range: Range<Int>) throws -> Tensor {
      try backend.tensor(
        columns(range, of: product, width: 3 * channels), shape: [2, rows, range.count])
    }
    let (q, k, v) = try (part(0..<24), part(24..<48), part(48..<72))
    let options = AttentionOptions(heads: 3)
    let expected = try q.attention(keys: k, values: v, options).floats()
    let whole = try backend.tensor(product, shape: [2, rows, 3 * channels])
    #expect(try whole.selfAttention(options).floats() == expected)
    #expect(try q.attention(keysAndValues: part(24..<72), options).floats() == expected)
  }

  @Test(arguments: Conformance.present)
  func `refuses heads that do not divide the channels, and batches that differ`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let q = try backend.tensor(Numbers.list(12, seed: 1), shape: [1, 2, 6])
    let k = try backend.tensor(Numbers.list(24, seed: 1), shape: [2, 2, 6])
    #expect(throws: TensorError.self) { try q.attention(keys: q, values: q, .init(heads: 4)) }
    #expect(throws: TensorError.self) { try q.attention(keys: q, values: q, .init(heads: 0)) }
    #expect(throws: TensorError.self) { try q.attention(keys: k, values: k, .init(heads: 2)) }
    #expect(throws: TensorError.self) { try q.attention(keys: q, values: k, .init(heads: 2)) }
  }
}
