import Generation
import Testing

@Suite("Values of a grid's axis")
struct GridValueListTests {
  private static func labels(_ axis: String, _ values: String) throws -> [String] {
    let plan = try GridPlan(
      x: (axis, values), y: nil, z: nil, prompt: "a red house", negativePrompt: "", most: 100)
    return try #require(plan.x).labels
  }

  @Test(
    "Whole numbers: lists and ranges by step and by count",
    arguments: [
      ("10,20, 30", "10|20|30"), ("1-5", "1|2|3|4|5"), ("1-5 (+2)", "1|3|5"), ("10-1 (-3)", "10|7|4|1"),
      ("5-3", "5|4|3"), ("1-10 [5]", "1|3|5|7|10"), ("4", "4"), (" 2 - 4 , 9", "2|3|4|9"), ("7-7", "7"),
    ])
  func whole(values: String, expected: String) throws {
    #expect(try Self.labels("Steps", values).joined(separator: "|") == expected)
  }

  @Test(
    "Numbers: the same with fractions",
    arguments: [
      ("0-1 (+0.25)", "0|0.25|0.5|0.75|1"), ("0-1 (+0.1)", "0|0.1|0.2|0.3|0.4|0.5|0.6|0.7|0.8|0.9|1"),
      ("7.5", "7.5"), ("1-3", "1|2|3"), ("0.5-1.5 [3]", "0.5|1|1.5"), ("-1-1", "-1|0|1"),
    ])
  func fractions(values: String, expected: String) throws {
    #expect(try Self.labels("CFG Scale", values).joined(separator: "|") == expected)
  }

  @Test("Texts: quotes keep commas, spaces and quotes")
  func texts() throws {
    #expect(try Self.labels("Sampler", #"Euler a, "DPM++ 2M" ,DDIM"#) == ["Euler a", "DPM++ 2M", "DDIM"])
    #expect(
      try Self.labels("Negative prompt", #""a, b", "say ""no""", "", c"#) == ["a, b", "say \"no\"", "", "c"])
  }

  @Test(
    "What is no value is refused",
    arguments: [
      ("Steps", "ten"), ("Steps", "1.5"), ("Steps", ""), ("Steps", "1-5 (-1)"), ("Steps", "1-5 (+0)"),
      ("Steps", "1-1000"), ("Steps", "1-5 [0]"), ("Steps", "1-5 [1000]"), ("Steps", "1-"),
      ("CFG Scale", "nan"),
      ("CFG Scale", "inf"), ("CFG Scale", "1-2 (+1e400)"), ("Size", "512"), ("Size", "axb"),
      ("Sampler", #""Euler"#), ("Prompt S/R", "blue, green"), ("Prompt order", "red, blue"),
      ("Prompt order", "a red, red house"), ("Prompt order", "a,r,e,d,h"),
    ])
  func refused(axis: String, values: String) {
    let error = #expect(throws: UserError.self) { try Self.labels(axis, values) }
    #expect(error?.code == "bad_axis_values")
    #expect(error?.message.contains(axis) == true)
  }
}
