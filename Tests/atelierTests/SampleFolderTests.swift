import Foundation
import PNG
import Testing

@testable import atelier

@Suite struct SampleFolderTests {
  @Test(
    arguments: [
      ([], 0), (["00000.png"], 1), (["00000.png", "00007.png", "notes.txt", "x.png"], 8),
      (["00003.png", "-1.png", "99999999999999999999.png"], 4),
    ] as [([String], Int)])
  func `the next number is one more than the greatest`(names: [String], next: Int) {
    #expect(SampleFolder.next(after: names, prefix: "") == next)
  }

  @Test func `grids are numbered by themselves`() {
    #expect(SampleFolder.next(after: ["grid-0001.png", "00009.png"], prefix: "grid-") == 2)
  }

  @Test func `a file that is there is never replaced`() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = try SampleFolder(path)
    let picture = try PNGImage(width: 1, height: 1, pixels: [1, 2, 3])
    #expect(try folder.add(sample: picture.encoded()) == "\(path)/samples/00000.png")
    #expect(try folder.add(sample: picture.encoded()) == "\(path)/samples/00001.png")
    try FileManager.default.removeItem(atPath: "\(path)/samples/00000.png")
    #expect(try folder.add(sample: picture.encoded()) == "\(path)/samples/00002.png")
    #expect(try folder.add(grid: picture) == "\(path)/grid-0000.png")
  }
}
