import Foundation

/// `atelier-fuzz TARGET [libFuzzer's options and corpus folders]`: feeds one parser what libFuzzer makes up.
///
/// Built only by `Scripts/test.sh --long`, with the coverage that libFuzzer steers by and AddressSanitizer.
@main enum Fuzz {
  /// The one that is fuzzed; chosen before libFuzzer takes over.
  nonisolated(unsafe) private static var target = FuzzTarget.http

  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else {
      print(FuzzTarget.allCases.map(\.rawValue).joined(separator: "\n"))
      return
    }
    guard let chosen = FuzzTarget(rawValue: arguments[1]) else {
      fatalError("expected one of \(FuzzTarget.allCases.map(\.rawValue)); got \(arguments[1])")
    }
    target = chosen
    // libFuzzer reads the corpus it is given; what a parser likes is a better beginning than nothing.
    var isFolder: ObjCBool = false
    if let folder = arguments.dropFirst(2).first(where: { !$0.hasPrefix("-") }),
      FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
    {
      for (number, seed) in chosen.seeds.enumerated() {
        let path = URL(filePath: folder).appending(path: "seed-\(number)")
        do { try Data(seed).write(to: path) } catch { fatalError("cannot write \(path.path): \(error)") }
      }
    }
    var words: [UnsafeMutablePointer<CChar>?] = ([arguments[0]] + arguments.dropFirst(2)).map { strdup($0) }
    words.append(nil)
    var count = Int32(words.count - 1)
    let status = words.withUnsafeMutableBufferPointer { words in
      var pointer = words.baseAddress
      return runDriver(&count, &pointer) { bytes, size in
        Fuzz.target.run(bytes.map { Array(UnsafeBufferPointer(start: $0, count: size)) } ?? [])
        return 0
      }
    }
    exit(status)
  }
}

/// libFuzzer's own loop, of its library without `main`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
