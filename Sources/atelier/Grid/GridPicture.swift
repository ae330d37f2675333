import Foundation
import Generation
import PNG

/// Pictures of an experiment side by side: x to the right, y down, z from table to table, each place with the
/// name of its setting and its value.
struct GridPicture {
  /// No more pixels than this, as of a grid of samples.
  private static let mostPixels = 64 << 20
  /// Pixels between pictures.
  private static let gap = 4
  /// Lines of one label.
  private static let mostLines = 6

  /// Pixels of the whole.
  let width: Int, height: Int
  private let plan: GridPlan
  private let cell: (width: Int, height: Int)
  private let columns: [[String]], rows: [[String]], tables: [[String]]
  private let margin: (left: Int, top: Int, title: Int)
  /// Pixels a point of a letter is wide.
  private let scale: Int

  /// Lays out a grid of pictures that are at most so large.
  /// - Throws: `UserError` `grid_too_large`.
  init(_ plan: GridPlan, cellWidth: Int, cellHeight: Int) throws(UserError) {
    self.plan = plan
    cell = (cellWidth, cellHeight)
    scale = max(2, min(cellWidth, cellHeight) / 256)
    let letter = PixelFont.advance * scale
    let side = min(20 * letter, max(8 * letter, cellWidth / 2))
    columns = Self.labels(plan.x, letters: cellWidth / letter - 1)
    rows = Self.labels(plan.y, letters: side / letter - 1)
    tables = Self.labels(plan.z, letters: cellWidth * plan.size.x / letter)
    let line = PixelFont.lineHeight * scale
    func height(_ labels: [[String]]) -> Int { labels.map(\.count).max().map { $0 * line + line / 2 } ?? 0 }
    margin = (plan.y == nil ? 0 : side, height(columns), height(tables))
    width = margin.left + plan.size.x * (cellWidth + Self.gap) + Self.gap
    let table = margin.title + margin.top + plan.size.y * (cellHeight + Self.gap) + Self.gap
    self.height = plan.size.z * table
    guard width * self.height <= Self.mostPixels else {
      throw UserError(
        code: "grid_too_large",
        message: "the grid picture would have \(width)x\(self.height) pixels, expected at most "
          + "\(Self.mostPixels); --skip_grid makes the cells without it")
    }
  }

  private var tableHeight: Int { height / plan.size.z }

  /// The picture of the cells that were made; the places of others stay white.
  func picture(_ made: [(cell: GridPlan.Cell, picture: PNGImage)]) throws -> PNGImage {
    var canvas = GridCanvas(width: width, height: height, scale: scale)
    for z in 0..<plan.size.z { label(table: z, &canvas) }
    for (place, picture) in made {
      canvas.lay(
        picture, left: left(place.x) + max(0, cell.width - picture.width) / 2,
        top: top(place.y, place.z) + max(0, cell.height - picture.height) / 2)
    }
    return try canvas.picture()
  }

  private func label(table z: Int, _ canvas: inout GridCanvas) {
    let top = z * tableHeight
    func write(_ lines: [String], _ left: Int, _ top: Int, _ width: Int, _ height: Int) {
      canvas.write(lines.map(PixelFont.glyphs), left: left, top: top, width: width, height: height)
    }
    if !tables.isEmpty { write(tables[z], 0, top, width, margin.title) }
    for (x, lines) in columns.enumerated() {
      write(lines, left(x), top + margin.title, cell.width, margin.top)
    }
    for (y, lines) in rows.enumerated() { write(lines, 0, self.top(y, z), margin.left, cell.height) }
  }

  private func left(_ x: Int) -> Int { margin.left + Self.gap + x * (cell.width + Self.gap) }

  private func top(_ y: Int, _ z: Int) -> Int {
    z * tableHeight + margin.title + margin.top + Self.gap + y * (cell.height + Self.gap)
  }

  /// `Steps: 20`, as A1111 writes it, in lines of so many letters.
  private static func labels(_ axis: GridPlan.Axis?, letters: Int) -> [[String]] {
    guard let axis else { return [] }
    // Words of the prompt speak for themselves.
    let name = axis.axis.field == "prompt" ? "" : axis.axis.label + ": "
    return axis.labels.map { wrapped(name + $0, letters: max(4, letters)) }
  }

  /// Lines of at most so many letters, broken at spaces where there are some; six at most.
  static func wrapped(_ text: String, letters: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      var word = String(word)
      if !line.isEmpty, line.count + 1 + word.count <= letters {
        line += " " + word
        continue
      }
      if !line.isEmpty { lines.append(line) }
      while word.count > letters {
        lines.append(String(word.prefix(letters)))
        word.removeFirst(letters)
      }
      line = word
    }
    if !line.isEmpty { lines.append(line) }
    if lines.count > mostLines { lines = lines.prefix(mostLines - 1) + ["..."] }
    return lines
  }
}
