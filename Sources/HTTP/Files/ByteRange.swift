/// A Range header with one range of bytes.
///
/// RFC 9110 section 14.1.2.
enum ByteRange: Equatable {
  /// Serve the whole: no header, another unit, several ranges, or bad syntax, all of which may be ignored.
  case whole
  /// Serve these bytes.
  case part(Range<Int>)
  /// Nothing of the file lies in the range: 416.
  case unsatisfiable

  static func parse(_ header: String?, size: Int) -> ByteRange {
    guard let header, header.lowercased().hasPrefix("bytes=") else { return .whole }
    let parts = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
      return .whole
    }
    // A number too large for Int is larger than any file.
    let numbers = parts.map { $0.isEmpty ? nil : Int($0) ?? Int.max }
    switch (numbers[0], numbers[1]) {
    case (nil, nil): return .whole
    case (nil, let suffix?):
      return suffix == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - suffix)..<size)
    case (let first?, let last):
      if let last, last < first { return .whole }
      if first >= size { return .unsatisfiable }
      return .part(first..<(min(last ?? Int.max, size - 1) + 1))
    }
  }
}
