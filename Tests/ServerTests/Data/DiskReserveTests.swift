import Foundation
import Testing

@testable import Server

@Suite struct DiskReserveTests {
  @Test func `room is taken, given up once, and taken again`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reserve-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let reserve = DiskReserve(folder: folder)
    let size = { try? FileManager.default.attributesOfItem(atPath: folder + "/reserve")[.size] as? Int }
    #expect(size() == DiskReserve.bytes)
    #expect(reserve.release())
    #expect(!reserve.release())
    #expect(size() == nil)
    reserve.restore()
    #expect(size() == DiskReserve.bytes)
  }
}
