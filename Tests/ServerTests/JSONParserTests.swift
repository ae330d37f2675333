import Testing

@testable import Server

@Suite struct JSONParserTests {
  private func parse(_ text: String) throws(JSONParseError) -> JSONValue {
    try JSONParser.parse(Array(text.utf8))
  }

  @Test func `reads every kind of value`() throws {
    let value = try parse(#" {"a": [1, -2.5e1, true, false, null], "b\u00e9\n": "\ud83d\ude00\/"} "#)
    guard case .object(let object) = value else {
      Issue.record("expected an object")
      return
    }
    #expect(
      object["a"]
        == .array([
          .number(JSONNumber(text: "1")), .number(JSONNumber(text: "-2.5e1")), .bool(true), .bool(false),
          .null,
        ]))
    #expect(object["bé\n"] == .string("😀/"))
  }

  @Test(arguments: [
    "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "01",
    "-",
    "1.", ".5", "1e", "+1", "0x10", "tru", "nul", "1 2", "[1] x", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"",
    "\"a", "\"\t\"", "[1 2]", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "\u{FEFF}{}", "//c\n1", "nan", "[-]", "[,1]",
    "\"\n\"",
  ])
  func `refuses what is no JSON`(_ text: String) {
    #expect(throws: JSONParseError.self) { try parse(text) }
  }

  @Test(arguments: [#""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\u0041""#, #""\udc00\ud800""#])
  func `refuses half a surrogate pair`(_ text: String) {
    #expect(throws: JSONParseError.notUnicode(offset: 1)) { try parse(text) }
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC3, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
    ] as [[UInt8]])
  func `refuses text that is not UTF-8`(_ bytes: [UInt8]) {
    #expect(throws: JSONParseError.notUnicode(offset: 0)) { try JSONParser.parse(bytes) }
  }

  @Test func `refuses a name given twice, by code points`() throws {
    #expect(throws: JSONParseError.duplicateName("a")) { try parse(#"{"a":1,"\u0061":2}"#) }
    _ = try parse(#"{"\u00e9":1,"e\u0301":2}"#)
  }

  @Test func `takes no longer for each name the more there are`() throws {
    func seconds(_ count: Int) throws -> Double {
      let text = "{" + (0..<count).map { "\"name \($0)\":0" }.joined(separator: ",") + "}"
      let times = try (0..<3).map { _ in try ContinuousClock().measure { _ = try parse(text) } }
      return (times.min() ?? .zero) / .seconds(1)
    }
    // Ten times, with room for a loaded machine; comparing each with each takes a hundred times.
    #expect(try seconds(1000) < 40 * seconds(100))
  }

  @Test func `stops at a depth and a count`() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONParseError.tooDeep(limit: 16)) { try parse(deep) }
    let wide = "[" + String(repeating: "1,", count: 5000) + "1]"
    #expect(throws: JSONParseError.tooManyValues(limit: 4096)) { try parse(wide) }
    _ = try parse(String(repeating: "[", count: 16) + String(repeating: "]", count: 16))
  }

  @Test(arguments: [
    ("20", 20), ("20.0", 20), ("2e1", 20), ("-1", -1), ("9007199254740993", 9_007_199_254_740_993), ("0", 0),
    ("1e15", 1_000_000_000_000_000),
  ])
  func `knows an integer however it is written`(_ text: String, _ value: Int64) {
    #expect(JSONNumber(text: text).integer == value)
  }

  @Test(arguments: ["20.5", "1e999", "NaN", "Infinity", "9223372036854775808", "1e-3"])
  func `knows what is no integer`(_ text: String) {
    #expect(JSONNumber(text: text).integer == nil)
  }

  @Test func `spells equal values alike`() throws {
    let one = try parse(#"{"b": 20, "a": "x", "c": 7.50}"#)
    let other = try parse(#"{"a":"\u0078","c":7.5,"b":2e1}"#)
    #expect(one.canonicalText == other.canonicalText)
  }

  @Test func `never traps on mutated text`() {
    let text = Array(#"{"prompt":"a \u00e9 \ud83d\ude00","steps":20,"x":[1.5e-3,{"y":null}]}"#.utf8)
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<5000 {
      var bytes = text
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[at] = UInt8.random(in: .min ... .max, using: &generator)
        case 1: bytes.remove(at: at)
        default: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: at)
        }
      }
      _ = try? JSONParser.parse(bytes)
    }
    for end in 0..<text.count {
      #expect(throws: JSONParseError.self) { try JSONParser.parse(Array(text[..<end])) }
    }
  }
}
