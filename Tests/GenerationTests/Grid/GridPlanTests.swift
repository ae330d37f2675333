import Generation
import Testing

@Suite("Grid of experiments")
struct GridPlanTests {
  private static func plan(
    _ x: (String, String)?, _ y: (String, String)? = nil, _ z: (String, String)? = nil,
    prompt: String = "a red house, a red door", most: Int = 100
  ) throws(UserError) -> GridPlan {
    try GridPlan(x: x, y: y, z: z, prompt: prompt, negativePrompt: "red", most: most)
  }

  @Test("Cells go row by row, and tables come last")
  func order() throws {
    let plan = try Self.plan(("Steps", "1,2"), ("CFG Scale", "3,4"), ("Seed", "5,6"))
    #expect(plan.size == (2, 2, 2))
    #expect(
      plan.cells.map { [$0.x, $0.y, $0.z] }.prefix(5) == [
        [0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1],
      ])
    #expect(
      plan.cells.last?.changes == ["steps": .integer(2), "guidance_scale": .number(4), "seed": .integer(6)])
  }

  @Test("A dear setting changes least often, wherever it stands")
  func dear() throws {
    let plan = try Self.plan(("Checkpoint name", "a,b"), ("Steps", "1,2"), ("VAE", "c,d"))
    #expect(
      plan.cells.map { cell in ["model", "vae", "steps"].compactMap { cell.changes[$0]?.label }.joined() }
        == ["ac1", "ac2", "ad1", "ad2", "bc1", "bc2", "bd1", "bd2"])
  }

  @Test("Names are A1111's or the request's, in any case; an unknown one names the nearest")
  func names() throws {
    #expect(try Self.plan(("cfg scale", "1")).x?.axis.field == "guidance_scale")
    #expect(try Self.plan(("guidance_scale", "1")).x?.axis.label == "CFG Scale")
    #expect(try Self.plan(("Nothing", "1"), ("Steps", "1")).x == nil)
    let error = #expect(throws: UserError.self) { try Self.plan(("Stepps", "1")) }
    #expect(error?.code == "unknown_axis" && error?.message.contains("'Steps'") == true)
  }

  @Test("Prompt S/R replaces everywhere in both prompts")
  func searchAndReplace() throws {
    let cells = try Self.plan(("Prompt S/R", "red, blue")).cells
    #expect(
      cells.map { $0.changes["prompt"]?.label } == ["a red house, a red door", "a blue house, a blue door"])
    #expect(cells.map { $0.changes["negative_prompt"]?.label } == ["red", "blue"])
  }

  @Test("What a replacement would make is counted before it is made")
  func longReplacement() throws {
    let value = String(repeating: "b", count: 3999)
    let long = #expect(throws: UserError.self) {
      try Self.plan(("Prompt S/R", "a, \(value)"), prompt: String(repeating: "a", count: 4000))
    }
    #expect(long?.code == "prompt_too_long" && long?.message.contains("15996000") == true)
    let tooLong = #expect(throws: UserError.self) {
      try Self.plan(("Prompt S/R", "a, b"), prompt: String(repeating: "a", count: 4001))
    }
    #expect(tooLong?.code == "prompt_too_long")
  }

  @Test("Prompt order makes every order in the values' places")
  func promptOrder() throws {
    let cells = try Self.plan(("Prompt order", "sea, old"), prompt: "an old boat on a sea.").cells
    #expect(cells.map { $0.changes["prompt"]?.label } == ["an sea boat on a old.", "an old boat on a sea."])
  }

  @Test("A size sets width and height, and then neither may be another axis")
  func size() throws {
    let cell = try Self.plan(("Size", "512x768")).cells[0]
    #expect(cell.changes == ["width": .integer(512), "height": .integer(768)])
    let error = #expect(throws: UserError.self) { try Self.plan(("Size", "512x768"), ("Width", "64,128")) }
    #expect(error?.code == "same_axis")
  }

  @Test("Too many cells, no axis and one setting twice are refused")
  func refused() {
    let many = #expect(throws: UserError.self) { try Self.plan(("Steps", "1-20"), ("Seed", "1-6")) }
    #expect(many?.code == "too_many_cells")
    let none = #expect(throws: UserError.self) { try Self.plan(nil) }
    #expect(none?.code == "no_axis")
    let twice = #expect(throws: UserError.self) { try Self.plan(("Steps", "1"), ("steps", "2")) }
    #expect(twice?.code == "same_axis")
  }

  @Test("Every setting of a request that changes its pictures can be an axis")
  func complete() {
    // What a cell cannot have: kinds of job, numbers of pictures, and files.
    let others = ["mode", "prompt", "width", "height", "batch_count", "init_image", "mask"]
    let missing = GenerationRequest.settings.map(\.rawValue).filter { field in
      !others.contains(field) && !GridAxis.all.contains { $0.field == field }
    }
    #expect(missing.isEmpty)
  }

  @Test("Yes and no are values of settings that are switches")
  func switches() throws {
    #expect(
      try Self.plan(("Tiling", "true, False")).cells.map(\.changes) == [
        ["tiling": .boolean(true)], ["tiling": .boolean(false)],
      ])
    let error = #expect(throws: UserError.self) { try Self.plan(("Tiling", "maybe")) }
    #expect(error?.code == "bad_axis_values")
  }

  @Test("Lines of prompts are an axis, and what any of them changes may not be another")
  func lines() throws {
    let plan = try Self.plan(("Prompts", "a cat, asleep\n--prompt dog --steps 4"), ("Seed", "1, 2"))
    #expect(plan.x?.labels == ["a cat, asleep", "dog"])
    #expect(plan.cells[1].changes == ["prompt": .text("dog"), "steps": .integer(4), "seed": .integer(1)])
    let error = #expect(throws: UserError.self) {
      try Self.plan(("Prompts", "a\n--prompt dog --steps 4"), ("Steps", "1"))
    }
    #expect(error?.code == "same_axis")
  }
}
