#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An RGB colour profile made of a matrix and three curves (ICC.1:2022, section 8.3.3), which is what cameras and
/// programs that edit pictures attach: Display P3, Adobe RGB, ProPhoto and sRGB itself.
public struct ColourProfile: Sendable {
  /// From linear colours of the profile to linear sRGB, row by row.
  private let matrix: [Double]
  /// Linear values 0…1 of the 256 bytes, channel by channel.
  private let curves: [[Double]]

  /// From the profile connection space (XYZ at D50) to linear sRGB: the inverse of sRGB's own profile.
  private static let toSRGB = [
    3.1338561, -1.6168667, -0.4906146, -0.9787684, 1.9161415, 0.0334540, 0.0719453, -0.2289914, 1.4052427,
  ]

  /// Reads a profile; nil for one of another kind (tables, grey, CMYK) or a damaged one.
  public init?(_ bytes: [UInt8]) {
    let file = ProfileReader(bytes)
    guard file.text(16) == "RGB ", file.text(20) == "XYZ ", file.text(36) == "acsp",
      let columns = file.colours(["rXYZ", "gXYZ", "bXYZ"]),
      let curves = file.curves(["rTRC", "gTRC", "bTRC"])
    else { return nil }
    self.curves = curves
    matrix = (0..<9).map { place in
      let (row, column) = (place / 3, place % 3)
      return (0..<3).reduce(0) { $0 + Self.toSRGB[row * 3 + $1] * columns[column][$1] }
    }
  }

  /// Whether converting would change next to nothing.
  public var isSRGB: Bool {
    let identity = [1.0, 0, 0, 0, 1, 0, 0, 0, 1]
    guard zip(matrix, identity).allSatisfy({ abs($0 - $1) < 0.003 }) else { return false }
    return curves.allSatisfy { curve in
      (0..<256).allSatisfy { abs(Self.encoded(curve[$0]) - Double($0) / 255) < 0.004 }
    }
  }

  /// Bytes in sRGB: colours outside it are moved to its border.
  ///
  /// - Parameter channels: 3, or 4 with alpha last, which stays.
  public func converted(_ bytes: [UInt8], channels: Int) -> [UInt8] {
    let table = (0...4096).map { UInt8((Self.encoded(Double($0) / 4096) * 255).rounded()) }
    var result = bytes
    for start in stride(from: 0, to: bytes.count - 2, by: channels) {
      let linear = (0..<3).map { curves[$0][Int(bytes[start + $0])] }
      for row in 0..<3 {
        let value =
          matrix[row * 3] * linear[0] + matrix[row * 3 + 1] * linear[1] + matrix[row * 3 + 2] * linear[2]
        result[start + row] = table[Int(min(max(value, 0), 1) * 4096 + 0.5)]
      }
    }
    return result
  }

  /// sRGB's curve (IEC 61966-2-1) from linear 0…1.
  private static func encoded(_ linear: Double) -> Double {
    linear <= 0.0031308 ? 12.92 * max(linear, 0) : 1.055 * pow(min(linear, 1), 1 / 2.4) - 0.055
  }
}

/// The parts of a profile that `ColourProfile` reads, by number and never beyond the end.
private struct ProfileReader {
  private let bytes: [UInt8]
  private var tags: [String: (offset: Int, size: Int)] = [:]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    for tag in 0..<min(number(128) ?? 0, 100) {
      let entry = 132 + tag * 12
      guard let name = text(entry), let offset = number(entry + 4), let size = number(entry + 8),
        offset <= bytes.count - size
      else { continue }
      tags[name] = (offset, size)
    }
  }

  func text(_ offset: Int) -> String? {
    guard offset <= bytes.count - 4 else { return nil }
    return String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
  }

  private func number(_ offset: Int, _ count: Int = 4) -> Int? {
    guard offset >= 0, offset <= bytes.count - count else { return nil }
    return bytes[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
  }

  /// A number with 16 bits behind the point.
  private func fixed(_ offset: Int) -> Double? {
    number(offset).map { Double(Int32(truncatingIfNeeded: $0)) / 65_536 }
  }

  /// X, Y and Z of each tag.
  func colours(_ names: [String]) -> [[Double]]? {
    let found = names.compactMap { name -> [Double]? in
      guard let tag = tags[name], tag.size >= 20, text(tag.offset) == "XYZ " else { return nil }
      let values = (0..<3).compactMap { fixed(tag.offset + 8 + $0 * 4) }
      return values.count == 3 ? values : nil
    }
    return found.count == names.count ? found : nil
  }

  /// Linear values of the 256 bytes by each tag's curve.
  func curves(_ names: [String]) -> [[Double]]? {
    let found = names.compactMap { name in tags[name].flatMap { curve($0.offset, $0.size) } }
    return found.count == names.count ? found : nil
  }

  private func curve(_ offset: Int, _ size: Int) -> [Double]? {
    let points = (0..<256).map { Double($0) / 255 }
    switch text(offset) {
    case "curv":
      guard let count = number(offset + 8), size >= 12 + count * 2 else { return nil }
      if count == 0 { return points }
      let values = (0..<count).compactMap { number(offset + 12 + $0 * 2, 2) }.map(Double.init)
      guard values.count == count else { return nil }
      if count == 1 { return points.map { pow($0, values[0] / 256) } }
      return points.map { point in
        let place = point * Double(count - 1)
        let low = min(Int(place), count - 2)
        return (values[low] + (values[low + 1] - values[low]) * (place - Double(low))) / 65_535
      }
    case "para":
      guard let kind = number(offset + 8, 2), kind <= 4 else { return nil }
      let values = (0..<[1, 3, 4, 5, 7][kind]).compactMap { fixed(offset + 12 + $0 * 4) }
      guard values.count == [1, 3, 4, 5, 7][kind] else { return nil }
      return points.map { Self.parametric(kind, values, $0) }
    default: return nil
    }
  }

  /// The five functions of parametric curves (ICC.1:2022, table 68).
  private static func parametric(_ kind: Int, _ v: [Double], _ x: Double) -> Double {
    let power = kind == 0 ? pow(x, v[0]) : pow(max(v[1] * x + v[2], 0), v[0])
    switch kind {
    case 0: return power
    case 1: return x >= -v[2] / v[1] ? power : 0
    case 2: return (x >= -v[2] / v[1] ? power : 0) + v[3]
    case 3: return x >= v[4] ? power : v[3] * x
    default: return x >= v[4] ? power + v[5] : v[3] * x + v[6]
    }
  }
}
