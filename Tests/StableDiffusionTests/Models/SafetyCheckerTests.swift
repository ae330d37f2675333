import Checkpoints
import Foundation
import Generation
import Pictures
import Tensors
import Testing

@testable import StableDiffusion

/// Against diffusers' StableDiffusionSafetyChecker and transformers' CLIPImageProcessor:
/// Tests/goldens/safety_golden.py.
@Suite struct SafetyCheckerTests {
  private struct Case: Decodable {
    let picture: [Int]
    let concepts, special: [Float]
    let flagged: Bool
  }

  /// A model folder with the tiny safety checker in it; goes away with the test.
  private final class Folder {
    let path = NSTemporaryDirectory() + "safety-\(UUID().uuidString)"

    init(naming checker: String = #"["stable_diffusion", "StableDiffusionSafetyChecker"]"#) throws {
      let manager = FileManager.default
      try manager.copyItem(atPath: try Goldens.path("tiny-sd1"), toPath: path)
      for part in ["safety_checker", "feature_extractor"] {
        try manager.copyItem(atPath: try Goldens.path("safety/\(part)"), toPath: "\(path)/\(part)")
      }
      let index = #"{"_class_name": "StableDiffusionPipeline", "safety_checker": \#(checker)}"#
      try Data(index.utf8).write(to: URL(filePath: path + "/model_index.json"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private static func picture(_ numbers: [Int]) -> Picture {
    let (width, height, across, down) = (numbers[0], numbers[1], numbers[2], numbers[3])
    let bytes = (0..<height * width * 3).map { place in
      let (x, y, channel) = (place / 3 % width, place / 3 / width, place % 3)
      return UInt8((x * across + y * down + x * y / 7 + 85 * channel) % 256)
    }
    return Picture(width: width, height: height, rgb: bytes)
  }

  @Test(arguments: ["reference", "cpu"]) func `cosines and flags are diffusers'`(backend: String) throws {
    let folder = try Folder()
    let checker = try #require(
      try SafetyChecker(
        ModelFolder(path: folder.path), backend: Backend.named(backend, threads: 2, precision: .full)))
    let data = try Data(contentsOf: URL(filePath: try Goldens.path("safety/cases.json")))
    let cases = try JSONDecoder().decode([Case].self, from: data)
    #expect(Set(cases.map(\.flagged)).count == 2)
    for item in cases {
      let scores = try checker.scores(Self.picture(item.picture))
      for (found, expected) in [(scores.concepts, item.concepts), (scores.special, item.special)] {
        #expect(found.count == expected.count)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-4 }, "\(item.picture)")
      }
      #expect(checker.flags(scores) == item.flagged, "\(item.picture)")
    }
  }

  @Test func `a special concept makes those that follow stricter, and thousandths decide`() {
    func flags(_ concept: Float, _ special: [Float]) -> Bool {
      SafetyChecker.flags(
        SafetyChecker.Scores(concepts: [concept], special: special), concepts: [0.2],
        special: special.map { _ in 0.3 })
    }
    #expect(flags(0.21, [0.1]) && !flags(0.19, [0.1]))
    #expect(flags(0.195, [0.31]) && !flags(0.189, [0.31]))
    // 0.295 is above 0.3 only because the one before it was.
    #expect(!flags(0.195, [0.295]) && flags(0.195, [0.31, 0.295]))
    #expect(!flags(0.2004, [0.1]) && flags(0.2006, [0.1]))
  }

  @Test func `a flagged picture is black, the request may do without`() throws {
    let folder = try Folder()
    let pipeline = try Pipeline(
      folder: ModelFolder(path: folder.path), backend: try Backend.named("cpu", threads: 2))
    var request = PipelineTests.request()
    let found = Self.picture([32, 32, 3, 5])
    let black = try pipeline.checked(found, for: request)
    #expect(black.verdict == .flagged && black.picture.rgb.allSatisfy { $0 == 0 })
    #expect(black.picture.width == 32 && black.picture.height == 32)
    let harmless = Self.picture([100, 37, 9, 2])
    let shown = try pipeline.checked(harmless, for: request)
    #expect(shown.verdict == .passed && shown.picture == harmless)
    request.safetyChecker = false
    let unchecked = try pipeline.checked(found, for: request)
    #expect(unchecked.verdict == .off && unchecked.picture == found)
  }

  @Test func `a folder that names none has none`() throws {
    for name in ["[null, null]", "null"] {
      let folder = try Folder(naming: name)
      let pipeline = try Pipeline(
        folder: ModelFolder(path: folder.path), backend: try Backend.named("cpu", threads: 2))
      #expect(
        try pipeline.checked(Self.picture([32, 32, 3, 5]), for: PipelineTests.request()).verdict == nil)
    }
  }

  @Test func `both texts of a picture say what was found`() throws {
    let model = PictureMetadataTests.model
    for (verdict, word, isFlagged) in [
      (SafetyVerdict.flagged, "flagged", true), (.passed, "passed", false), (.off, "off", nil),
    ] {
      let texts = PictureMetadata.texts(PipelineTests.request(), image: 0, model: model, safety: verdict)
      #expect(InfotextReader(texts[0].text)["Safety checker"] == word)
      let record = try #require(
        try JSONSerialization.jsonObject(with: Data(texts[1].text.utf8)) as? [String: Any])
      #expect(record["nsfw_content_detected"] as? Bool == isFlagged)
      // Readers of requests pass over it.
      _ = try JSONDecoder().decode(GenerationRequest.self, from: Data(texts[1].text.utf8))
    }
    let plain = PictureMetadata.texts(PipelineTests.request(), image: 0, model: model)
    #expect(!plain.contains { $0.text.contains("afety") || $0.text.contains("nsfw") })
  }
}
