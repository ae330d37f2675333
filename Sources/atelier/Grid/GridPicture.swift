import Foundation
import Generation
import PNG

/// Pictures of an experiment side by side: x to the right, y down, z from table to table, each place with the
/// name of its setting and its value.
struct GridPicture {
  /// No more pixels than this: what is larger has no use as one picture.
  static let mostPixels = 256 << 20

  private let plan: GridPlan
  private let cell: (width: Int, height: Int)
  private let columns: [[String]], rows: [[String]], tables: [[String]]
  private let margin: (left: Int, top: Int, title: Int)
  private static let gap = 4

  /// Lays out a grid of pictures that are at most so large.
  init(_ plan: GridPlan, cellWidth: Int, cellHeight: Int) {
    self.plan = plan
    cell = (cellWidth, cellHeight)
    let letter = PixelFont.advance * GridCanvas.scale
    let side = min(240, max(96, cellWidth / 2))
    columns = Self.labels(plan.x, letters: cellWidth / letter)
    rows = Self.labels(plan.y, letters: side / letter)
    tables = Self.labels(plan.z, letters: cellWidth * plan.size.x / letter)
    let line = PixelFont.lineHeight * GridCanvas.scale
    func height(_ labels: [[String]]) -> Int {
      labels.map(\.count).max().map { ($0 + 1) * line } ?? 0
    }
    margin = (plan.y == nil ? 0 : side, height(columns), height(tables))
  }

  /// Pixels of the whole.
  var size: (width: Int, height: Int) {
    (
      margin.left + plan.size.x * (cell.width + Self.gap) + Self.gap,
      plan.size.z * tableHeight
    )
  }

  private var tableHeight: Int {
    margin.title + margin.top + plan.size.y * (cell.height + Self.gap) + Self.gap
  }

  /// The picture of the cells that were made.
  func picture(_ made: [(cell: GridPlan.Cell, picture: PNGImage)]) throws -> PNGImage {
    let size = size
    guard size.width.multipliedReportingOverflow(by: size.height).partialValue <= Self.mostPixels else {
      throw UserError(
        code: "grid_too_large",
        message:
          "the grid would have \(size.width)x\(size.height) pixels, expected at most \(Self.mostPixels)")
    }
    var canvas = GridCanvas(width: size.width, height: size.height)
    for z in 0..<plan.size.z { label(table: z, &canvas) }
    for (place, picture) in made {
      canvas.lay(picture, left: left(place.x), top: top(place.y, place.z))
    }
    return try canvas.picture()
  }

  private func label(table z: Int, _ canvas: inout GridCanvas) {
    let top = z * tableHeight
    if !tables.isEmpty {
      canvas.write(tables[z], left: 0, top: top, width: size.width, height: margin.title)
    }
    for (x, lines) in columns.enumerated() {
      canvas.write(
        lines, left: left(x), top: top + margin.title, width: cell.width, height: margin.top)
    }
    for (y, lines) in rows.enumerated() {
      canvas.write(lines, left: 0, top: self.top(y, z), width: margin.left, height: cell.height)
    }
  }

  private func left(_ x: Int) -> Int { margin.left + Self.gap + x * (cell.width + Self.gap) }

  private func top(_ y: Int, _ z: Int) -> Int {
    z * tableHeight + margin.title + margin.top + Self.gap + y * (cell.height + Self.gap)
  }

  /// `Steps: 20`, as A1111 writes it, in lines of so many letters.
  private static func labels(_ axis: GridPlan.Axis?, letters: Int) -> [[String]] {
    guard let axis else { return [] }
    return axis.labels.map { wrapped("\(axis.axis.label): \($0)", letters: max(4, letters)) }
  }

  /// Lines of at most so many letters, broken at spaces where there are some; six at most.
  static func wrapped(_ text: String, letters: Int) -> [String] {
    // The font has no accents; letters without them are read more easily than boxes.
    let plain = text.folding(options: .diacriticInsensitive, locale: nil)
    var lines: [String] = []
    var line = ""
    for word in plain.split(whereSeparator: \.isWhitespace) {
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
    if lines.count > 6 { lines = lines.prefix(5) + ["..."] }
    return lines
  }
}
