import Foundation
import HTTPTypes
import Testing

@testable import HTTP

@Suite struct GzipTests {
  static let samples: [[UInt8]] = {
    let text = (0..<400).map { "line \($0 % 37): the quick brown fox\n" }.joined()
    var state: UInt32 = 7
    let noise = (0..<70_000).map { _ -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24)
    }
    return [
      [], [0], Array("ab".utf8), Array("abc".utf8), Array("abcabcabcabc".utf8), Array(text.utf8), noise,
      [UInt8](repeating: 65, count: 100_000), Array(0...255) + Array(0...255), noise + noise.prefix(40_000),
    ]
  }()

  @Test(arguments: samples.indices) func `gunzip gives the bytes back`(_ index: Int) throws {
    let bytes = Self.samples[index]
    let file = FileManager.default.temporaryDirectory.appending(path: "gzip-\(UUID().uuidString).gz")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(Gzip.compress(bytes)).write(to: file)
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/gzip")
    process.arguments = ["-dc", file.path]
    process.standardOutput = output
    try process.run()
    let read = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(Array(read) == bytes)
  }

  @Test func `texts become much smaller`() {
    let text = Self.samples[5]
    #expect(Gzip.compress(text).count * 8 < text.count)
  }

  @Test(arguments: [
    ("gzip", true), ("gzip, deflate, br", true), ("br;q=1, gzip;q=0.5", true), ("GZIP", true),
    ("gzip;q=0", false), ("gzip; q=0.000", false), ("br", false), ("", false), ("xgzip", false),
  ])
  func `reads Accept-Encoding`(_ header: String, _ accepts: Bool) {
    #expect(ContentCoding.acceptsGzip([.acceptEncoding: header]) == accepts)
  }
}
