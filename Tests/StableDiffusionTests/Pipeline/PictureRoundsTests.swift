import Generation
import Pictures
import Testing

@testable import StableDiffusion

@Suite struct PictureRoundsTests {
  private static func request(_ curve: LoopbackCurve?, count: Int = 5) -> GenerationRequest {
    var request = GenerationRequest(
      mode: .img2img, prompt: "p", model: "m", sampler: "Euler", steps: 20, guidanceScale: 7, width: 64,
      height: 64, batchCount: count, seed: 10)
    request.strength = 0.8
    (request.loopback, request.loopbackStrength) = (curve, 0.4)
    request.initImageFile = PictureReference(sha256: "first", width: 64, height: 64)
    return request
  }

  // 0.8 − 0.4·p, with p, sin(pπ/2) and 1 − cos(pπ/2) for p = 0, ¼, ½, ¾, 1.
  @Test(arguments: [
    (LoopbackCurve.linear, [0.8, 0.7, 0.6, 0.5, 0.4]),
    (.aggressive, [0.8, 0.646927, 0.517157, 0.430448, 0.4]),
    (.lazy, [0.8, 0.769552, 0.682843, 0.553073, 0.4]),
  ])
  func `the strength goes to the last one's along the curve`(curve: LoopbackCurve, expected: [Double]) throws
  {
    for (index, strength) in expected.enumerated() {
      let found = try #require(Self.request(curve).round(index, from: nil).strength)
      #expect(abs(found - strength) < 1e-6)
    }
    #expect(Self.request(curve, count: 1).round(0, from: nil).strength == 0.8)
  }

  @Test func `each picture is a request of its own that starts from the one before`() throws {
    var rounds = PictureRounds(
      Self.request(.linear), PictureInputs(source: DecodedPicture(Self.filled(1))))
    #expect(rounds.picture(0).request.initImageFile?.sha256 == "first")
    rounds.made(Self.filled(2), sha256: "second")
    let (request, image) = rounds.picture(1)
    #expect(image == 0 && request.seed == 11 && request.batchCount == 1 && request.loopback == nil)
    #expect(request.initImageFile == PictureReference(sha256: "second", width: 64, height: 64))
    #expect(rounds.inputs?.source.picture == Self.filled(2))
  }

  @Test func `without a loopback all pictures are the request's`() {
    let request = Self.request(nil)
    var rounds = PictureRounds(request, PictureInputs(source: DecodedPicture(Self.filled(1))))
    rounds.made(Self.filled(2), sha256: "second")
    #expect(rounds.picture(3).request == request && rounds.picture(3).image == 3)
    #expect(rounds.inputs?.source.picture == Self.filled(1))
  }

  @Test func `after the first round the mask has the picture itself under it`() {
    var request = Self.request(.linear)
    (request.mode, request.inpaintFill) = (.inpaint, .latentNoise)
    #expect(request.round(0, from: nil).inpaintFill == .latentNoise)
    let previous = PictureReference(sha256: "second", width: 64, height: 64)
    #expect(request.round(1, from: previous).inpaintFill == .original)
  }

  @Test(arguments: ResizeMode.allCases)
  func `later rounds have the first one's mask, however the picture came to the size`(mode: ResizeMode) throws
  {
    var request = Self.request(.linear)
    (request.mode, request.resizeMode, request.maskBlur) = (.inpaint, mode, 3)
    let size = (width: 120, height: 72)
    let values = (0..<size.width * size.height).map {
      UInt8($0 % size.width < 70 && $0 / size.width > 20 ? 255 : 0)
    }
    let mask = DecodedPicture(
      Picture(width: size.width, height: size.height, rgb: values.flatMap { [$0, $0, $0] }))
    let source = DecodedPicture(
      Picture(
        width: size.width, height: size.height, rgb: values.indices.flatMap { [UInt8($0 % 251), 3, 9] }))
    let first = try SourceFrame(request, PictureInputs(source: source, mask: mask))
    let result = first.finished(Self.filled(200))
    let second = try SourceFrame(
      request.round(1, from: PictureReference(sha256: "second", width: 64, height: 64)),
      PictureInputs(source: DecodedPicture(result), mask: mask))
    #expect(first.mask == second.mask && second.picture == result)
    #expect(second.finished(Self.filled(9)).rgb != result.rgb)
    // What the mask leaves out is the first round's to the end.
    let kept = try #require(second.mask).values.indices.filter { second.mask?.values[$0] == 0 }
    let last = second.finished(Self.filled(9))
    #expect(!kept.isEmpty && kept.allSatisfy { last.rgb[$0 * 3] == first.picture.rgb[$0 * 3] })
  }

  private static func filled(_ value: UInt8) -> Picture {
    Picture(width: 64, height: 64, rgb: [UInt8](repeating: value, count: 64 * 64 * 3))
  }
}
