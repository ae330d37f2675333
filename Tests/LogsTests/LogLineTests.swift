import Foundation
import Logging
import Testing

@testable import Logs

@Suite struct LogLineTests {
  @Test func `writes one JSON object whatever the text holds`() throws {
    let line = LogLine.json(
      time: "2026-01-01T00:00:00.000Z", level: .info, label: "server",
      message: "a\nb \u{1B}[31m \"q\" \\ \u{202E}",
      metadata: [("agent", "x\r\ny"), ("level", "forged")])
    #expect(
      !line.contains("\n") && !line.contains("\r") && !line.contains("\u{1B}") && !line.contains("\u{202E}"))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
    #expect(object["message"] == "a\nb \u{1B}[31m \"q\" \\ \u{202E}")
    #expect(object["level"] == "info")
    #expect(object["meta_level"] == "forged")
  }

  @Test func `cuts long fields`() {
    let long = String(repeating: "é", count: 5000)
    #expect(LogLine.json(time: "", level: .info, label: "", message: long, metadata: []).utf8.count < 2200)
  }

  @Test func `escapes controls on a terminal too`() {
    let line = LogLine.plain(time: "t", level: .warning, message: "a\u{1B}b", metadata: [("k", "v\n")])
    #expect(line == "t warning: a\\u001bb k=v\\u000a")
  }

  @Test(arguments: [
    (0.0, "1970-01-01T00:00:00.000Z"), (951_782_400.25, "2000-02-29T00:00:00.250Z"),
    (1_769_850_300.5, "2026-01-31T09:05:00.500Z"), (-1.0, "1969-12-31T23:59:59.000Z"),
    (4_107_542_399.999, "2100-02-28T23:59:59.999Z"), (4_107_542_400, "2100-03-01T00:00:00.000Z"),
  ])
  func `spells dates in UTC`(_ seconds: Double, _ text: String) {
    #expect(Timestamp.text(Date(timeIntervalSince1970: seconds)) == text)
  }
}
