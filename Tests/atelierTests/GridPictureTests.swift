import Generation
import PNG
import Testing

@testable import atelier

@Suite struct GridPictureTests {
  private static func plan(x: String, y: String? = nil, z: String? = nil) throws -> GridPlan {
    try GridPlan(
      x: ("Steps", x), y: y.map { ("CFG Scale", $0) }, z: z.map { ("Seed", $0) }, prompt: "p",
      negativePrompt: "", most: 100)
  }

  private static func filled(_ value: UInt8, _ width: Int, _ height: Int) throws -> PNGImage {
    try PNGImage(width: width, height: height, pixels: [UInt8](repeating: value, count: width * height * 3))
  }

  @Test func `each cell's picture stands whole where its column, row and table cross`() throws {
    let plan = try Self.plan(x: "1, 2", y: "3, 4", z: "5, 6")
    let grid = try GridPicture(plan, cellWidth: 20, cellHeight: 10)
    let cells = plan.cells
    let image = try grid.picture(
      cells.enumerated().map { (cell: $1, picture: try Self.filled(UInt8(10 + $0), 20, 10)) })
    #expect(image.width == grid.width && image.height == grid.height)
    for (index, cell) in cells.enumerated() {
      let places = (0..<image.width * image.height).filter { image.pixels[$0 * 3] == UInt8(10 + index) }
      #expect(places.count == 200)
      let (left, top) = (places[0] % image.width, places[0] / image.width)
      let first = try #require((0..<image.width * image.height).first { image.pixels[$0 * 3] == 10 })
      #expect(left - first % image.width == cell.x * 24)
      #expect(top - first / image.width == cell.y * 14 + cell.z * image.height / 2)
    }
  }

  @Test func `every axis has words`() throws {
    func blacks(_ plan: GridPlan) throws -> Int {
      let image = try GridPicture(plan, cellWidth: 120, cellHeight: 60).picture([])
      return image.pixels.count { $0 == 0 }
    }
    let (x, y, z) = (
      try blacks(Self.plan(x: "1, 2")), try blacks(Self.plan(x: "1, 2", y: "3")),
      try blacks(Self.plan(x: "1, 2", y: "3", z: "5"))
    )
    #expect(x > 0 && y > x && z > y)
  }

  @Test func `what would be too large is said before anything is made`() throws {
    let plan = try Self.plan(x: "1-10", y: "1-10")
    let error = #expect(throws: UserError.self) {
      try GridPicture(plan, cellWidth: 1024, cellHeight: 1024)
    }
    #expect(error?.code == "grid_too_large")
  }

  @Test(arguments: [
    ("Steps: 20", 10, ["Steps: 20"]), ("Steps: 20", 6, ["Steps:", "20"]),
    ("abcdefgh i", 4, ["abcd", "efgh", "i"]), ("a b c d e f g h", 1, ["a", "b", "c", "d", "e", "..."]),
  ])
  func `labels are broken at spaces where they have some`(text: String, letters: Int, lines: [String]) {
    #expect(GridPicture.wrapped(text, letters: letters) == lines)
  }
}
