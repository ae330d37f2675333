import FoundationEssentials
import PNG

/// Numbered files that never replace others: `samples/00000.png`, `grid-0000.png`.
struct SampleFolder {
  private let path: String

  /// Makes the folder and `samples` in it, if they are not there.
  init(_ path: String) throws {
    self.path = path
    try FileManager.default.createDirectory(
      at: URL(filePath: "\(path)/samples"), withIntermediateDirectories: true)
  }

  /// Writes a picture's PNG under the next free number; returns its path.
  func add(sample file: [UInt8]) throws -> String {
    try write(file, folder: "\(path)/samples", prefix: "", digits: 5)
  }

  /// Writes a grid under the next free number; returns its path.
  func add(grid picture: PNGImage) throws -> String {
    try write(picture.encoded(), folder: path, prefix: "grid-", digits: 4)
  }

  private func write(_ file: [UInt8], folder: String, prefix: String, digits: Int) throws -> String {
    let data = Data(file)
    var number = Self.next(
      after: try FileManager.default.contentsOfDirectory(atPath: folder), prefix: prefix)
    while true {
      let text = String(number)
      let padded = String(repeating: "0", count: max(0, digits - text.count)) + text
      let file = "\(folder)/\(prefix)\(padded).png"
      do {
        try data.write(to: URL(filePath: file), options: .withoutOverwriting)
        return file
      } catch let error as CocoaError where error.code == .fileWriteFileExists {
        number += 1  // another process took the number
      }
    }
  }

  /// One more than the greatest number among file names, so that gaps stay gaps.
  static func next(after names: [String], prefix: String) -> Int {
    let numbers = names.compactMap { name -> Int? in
      guard name.hasPrefix(prefix), name.hasSuffix(".png") else { return nil }
      return Int(name.dropFirst(prefix.count).dropLast(4))
    }
    return (numbers.filter { $0 >= 0 && $0 < .max }.max() ?? -1) + 1
  }
}
