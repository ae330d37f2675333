#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A kernel by which pictures change their size, with Pillow's names and shapes.
public enum ResampleFilter: String, Sendable, CaseIterable {
  /// Copies the pixel whose middle is nearest.
  case nearest
  /// The mean of the pixels covered.
  case box
  /// A triangle over two pixels.
  case bilinear
  /// Cubic convolution (Keys 1981) with a = −0.5.
  case bicubic
  /// sinc·sinc over six pixels.
  case lanczos

  /// How far the kernel reaches to each side, in pixels of the smaller scale.
  var support: Double {
    switch self {
    case .nearest, .box: 0.5
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The kernel's value at a distance.
  func weight(_ x: Double) -> Double {
    let x = abs(x)
    switch self {
    case .nearest, .box: return x <= 0.5 ? 1 : 0
    case .bilinear: return max(1 - x, 0)
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    case .lanczos:
      guard x < 3 else { return 0 }
      return Self.sinc(x) * Self.sinc(x / 3)
    }
  }

  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(.pi * x) / (.pi * x)
  }
}
