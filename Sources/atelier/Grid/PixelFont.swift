import Foundation

/// Letters of 5×7 points for the labels of grids, drawn for this program: printable ASCII, and Latin letters with
/// accents above or below.
enum PixelFont {
  /// Points of a letter, from one to the next, and from one line to the next.
  static let width = 5, advance = 6, lineHeight = 13
  /// Points above capital letters that accents have, and rows of a letter.
  private static let above = 3, body = 7

  /// A letter's points.
  struct Glyph: Equatable {
    /// `lineHeight` rows from the top, the highest of five bits left.
    var rows: [UInt8]
  }

  /// The letters of a text; signs the font has not become those most like them, or a box.
  static func glyphs(_ text: String) -> [Glyph] {
    text.flatMap { character -> [Glyph] in
      if let like = alike[character] { return like.map { glyph(Character(String($0)).unicodeScalars) } }
      return [glyph(String(character).decomposedStringWithCanonicalMapping.unicodeScalars)]
    }
  }

  private static func glyph(_ scalars: some Collection<Unicode.Scalar>) -> Glyph {
    var rows = [UInt8](repeating: 0, count: lineHeight)
    guard let base = scalars.first, (0x20...0x7E).contains(base.value) else {
      rows.replaceSubrange(above..<above + body, with: [0x1F, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1F])
      return Glyph(rows: rows)
    }
    let letter = letters[Int(base.value) - 0x20]
    for row in 0..<body { rows[above + row] = UInt8(truncatingIfNeeded: letter >> (8 * (body - 1 - row))) }
    // Small letters have room within their own height.
    let isSmall = "aceimnorsuvwxyzgpqj".unicodeScalars.contains(base)
    for mark in scalars.dropFirst() {
      if let (first, second) = marksAbove[mark.value] {
        let top = isSmall ? above : 0
        // The dots of i and j make room.
        if isSmall { rows[above] = 0 }
        rows[top] |= first
        rows[top + 1] |= second
      } else if let (first, second) = marksBelow[mark.value] {
        rows[above + body] |= first
        rows[above + body + 1] |= second
      }
    }
    return Glyph(rows: rows)
  }

  /// Two rows of grave, acute, circumflex, tilde, macron, breve, dot, diaeresis, ring, double acute and caron.
  private static let marksAbove: [UInt32: (UInt8, UInt8)] = [
    0x300: (0x08, 0x04), 0x301: (0x02, 0x04), 0x302: (0x04, 0x0A), 0x303: (0x0D, 0x16), 0x304: (0x0E, 0x00),
    0x306: (0x0A, 0x04), 0x307: (0x04, 0x00), 0x308: (0x0A, 0x00), 0x30A: (0x04, 0x04), 0x30B: (0x05, 0x0A),
    0x30C: (0x0A, 0x04),
  ]

  /// Two rows of dot, comma, cedilla and ogonek below.
  private static let marksBelow: [UInt32: (UInt8, UInt8)] = [
    0x323: (0x00, 0x04), 0x326: (0x04, 0x08), 0x327: (0x04, 0x08), 0x328: (0x02, 0x03),
  ]

  private static let alike: [Character: String] = [
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d",
    "ı": "i", "’": "'", "‘": "'", "“": "\"", "”": "\"", "«": "<<", "»": ">>", "–": "-", "—": "-", "−": "-",
    "…": "...", "×": "x", "·": ".", "\u{A0}": " ", "\u{202F}": " ", "\t": " ",
  ]

  /// One byte a row, from space to `~`.
  private static let letters: [UInt64] = [
    0x00000000000000, 0x04040404040004, 0x0A0A0A00000000, 0x0A0A1F0A1F0A0A, 0x040F140E051E04,
    0x18190204081303, 0x0C12140815120D, 0x04040800000000, 0x02040808080402, 0x08040202020408,
    0x0004150E150400, 0x0004041F040400, 0x00000000060408, 0x0000001F000000, 0x00000000000606,
    0x01010204081010, 0x0E11131519110E, 0x040C040404040E, 0x0E11010204081F, 0x1F02040201110E,
    0x02060A121F0202, 0x1F101E0101110E, 0x0608101E11110E, 0x1F010204080808, 0x0E11110E11110E,
    0x0E11110F01020C, 0x00060600060600, 0x00060600060408, 0x02040810080402, 0x00001F001F0000,
    0x08040201020408, 0x0E110102040004, 0x0E11171517100E, 0x0E11111F111111, 0x1E11111E11111E,
    0x0E11101010110E, 0x1C12111111121C, 0x1F10101E10101F, 0x1F10101E101010, 0x0E11101711110F,
    0x1111111F111111, 0x0E04040404040E, 0x0702020202120C, 0x11121418141211, 0x1010101010101F,
    0x111B1515111111, 0x11191513111111, 0x0E11111111110E, 0x1E11111E101010, 0x0E11111115120D,
    0x1E11111E141211, 0x0F10100E01011E, 0x1F040404040404, 0x1111111111110E, 0x11111111110A04,
    0x1111111515150A, 0x11110A040A1111, 0x11110A04040404, 0x1F01020408101F, 0x0E08080808080E,
    0x10100804020101, 0x0E02020202020E, 0x040A1100000000, 0x0000000000001F, 0x08040200000000,
    0x00000E010F110F, 0x10101E1111111E, 0x00000F1010100F, 0x01010F1111110F, 0x00000E111F100E,
    0x0609081C080808, 0x00000F110F010E, 0x10101E11111111, 0x04000C0404040E, 0x0200060202120C,
    0x10101214181412, 0x0C04040404040E, 0x00001A15151515, 0x00001E11111111, 0x00000E1111110E,
    0x00001E111E1010, 0x00000F110F0101, 0x00001619101010, 0x00000F100E011E, 0x08081C08080906,
    0x0000111111130D, 0x00001111110A04, 0x0000111115150A, 0x0000110A040A11, 0x000011110F010E,
    0x00001F0204081F, 0x02040408040402, 0x04040404040404, 0x08040402040408, 0x00000815020000,
  ]
}
