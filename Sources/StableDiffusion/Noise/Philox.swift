#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Philox 4x32-10 (Salmon 2011, "Parallel Random Numbers: As Easy as 1, 2, 3"): random bits as a function of a
/// counter and a key, so that any value of a stream can be had without the ones before.
enum Philox {
  /// Four words for a counter, after ten rounds.
  static func words(_ counter: SIMD4<UInt32>, key: UInt64) -> SIMD4<UInt32> {
    var (x, low, high) = (counter, UInt32(truncatingIfNeeded: key), UInt32(key >> 32))
    for round in 0..<10 {
      if round > 0 {
        low &+= 0x9E37_79B9
        high &+= 0xBB67_AE85
      }
      let a = UInt64(x[0]) * 0xD251_1F53
      let b = UInt64(x[2]) * 0xCD9E_8D57
      x = SIMD4(
        UInt32(b >> 32) ^ x[1] ^ low, UInt32(truncatingIfNeeded: b), UInt32(a >> 32) ^ x[3] ^ high,
        UInt32(truncatingIfNeeded: a))
    }
    return x
  }

  /// A normal value of the first two words: the sine of Box and Muller's pair, as CUDA's generator takes them.
  static func normal(_ counter: SIMD4<UInt32>, key: UInt64) -> Float {
    let words = words(counter, key: key)
    let scale = Double(Float(2.328_306_4e-10))
    let turn = Double(Float(2.328_306_4e-10 * 6.283_185_5))
    let u = Double(words[0]) * scale + scale / 2
    let v = Double(words[1]) * turn + turn / 2
    return Float((-2 * log(u)).squareRoot() * sin(v))
  }
}
