/// Lower-case hexadecimal text.
public enum Hexadecimal {
  /// Two digits a byte.
  public static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      for nibble in [byte >> 4, byte & 15] {
        text.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
