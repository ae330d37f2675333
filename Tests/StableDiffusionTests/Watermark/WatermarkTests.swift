import Generation
import Pictures
import StableDiffusion
import Testing

@Suite("Watermark")
struct WatermarkTests {
  /// Colours that change slowly with some grain, as in a photograph.
  private static func picture(_ seed: UInt64, width: Int = 256, height: Int = 256) -> Picture {
    var state = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    func random() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    let slopes = (0..<3).map { _ in (random() % 120, random() % 120, random() % 120) }
    var rgb: [UInt8] = []
    rgb.reserveCapacity(width * height * 3)
    for y in 0..<height {
      for x in 0..<width {
        for (base, across, down) in slopes {
          let value = base + across * x / width + down * y / height + random() % 9 - 4
          rgb.append(UInt8(clamping: value))
        }
      }
    }
    return Picture(width: width, height: height, rgb: rgb)
  }

  @Test(
    "What is hidden is found, whatever the picture's size",
    arguments: [(256, 256), (512, 128), (264, 200), (240, 333)])
  func found(size: (width: Int, height: Int)) throws {
    for (seed, text) in ["StableDiffusionV1", "Atelier", "of the class of 2026, room 12"].enumerated() {
      let plain = Self.picture(UInt64(seed), width: size.width, height: size.height)
      let marked = try Watermark(text).hidden(in: plain)
      #expect(marked.width == plain.width && marked.height == plain.height)
      #expect(Watermark(in: marked)?.text == text)
      #expect(Watermark(in: plain) == nil)
    }
  }

  @Test("A person sees no difference: every channel stays near, red stays the same")
  func unseen() throws {
    let plain = Self.picture(7)
    let marked = try Watermark("StableDiffusionV1").hidden(in: plain)
    var squares = 0.0
    for index in plain.rgb.indices {
      let difference = Double(plain.rgb[index]) - Double(marked.rgb[index])
      squares += difference * difference
      if index % 3 == 0 { #expect(difference == 0) }
    }
    // A mean square error of 45 is 31.6 dB; larger pictures are marked less, see below.
    #expect(squares / Double(plain.rgb.count) < 45)
  }

  @Test("Black, white, blue and flat pictures have no watermark, and take one where colours leave room")
  func flat() throws {
    for (colour, takes) in [
      ([0, 0, 0], false), ([255, 255, 255], false), ([128, 128, 128], true), ([90, 140, 200], true),
    ] as [([UInt8], Bool)] {
      let plain = Picture(
        width: 256, height: 256, rgb: Array(repeatElement(colour, count: 256 * 256).joined()))
      #expect(Watermark(in: plain) == nil)
      let marked = try Watermark("Atelier").hidden(in: plain)
      if takes { #expect(Watermark(in: marked)?.text == "Atelier") }
    }
  }

  @Test("Halved and blurred colours, as in JPEG, leave it readable")
  func halvedColours() throws {
    let marked = try Watermark("StableDiffusionV1").hidden(in: Self.picture(11, width: 320, height: 320))
    var rgb = marked.rgb
    // Blue and green of 2×2 pixels become their mean: harder on colours than JPEG is, which keeps Y.
    for y in stride(from: 0, to: 320, by: 2) {
      for x in stride(from: 0, to: 320, by: 2) {
        for channel in 1...2 {
          let places = [0, 3, 960, 963].map { (y * 320 + x) * 3 + channel + $0 }
          let mean = places.reduce(0) { $0 + Int(marked.rgb[$1]) } / 4
          for place in places { rgb[place] = UInt8(mean) }
        }
      }
    }
    #expect(Watermark(in: Picture(width: 320, height: 320, rgb: rgb))?.text == "StableDiffusionV1")
  }

  @Test("A picture too small for the text twice says nothing")
  func small() throws {
    let marked = try Watermark("Atelier").hidden(in: Self.picture(3, width: 40, height: 40))
    #expect(Watermark(in: marked) == nil)
  }

  @Test("Texts that could not be read back are refused", arguments: ["", "short", "été 2026", "a\nbcdefgh"])
  func refused(text: String) {
    #expect(throws: UserError.self) { try Watermark(text) }
    #expect(throws: UserError.self) { try Watermark(String(repeating: "x", count: 33)) }
  }
}
