import WorkerProtocol
import Testing

@testable import Server

@Suite struct PNGStructureTests {
  private let png = MockWorker.png(64, 32, [1, 2, 3])

  private func fault(_ bytes: [UInt8]) -> PNGStructure.Fault? {
    do throws(PNGStructure.Fault) {
      try PNGStructure.check(bytes, width: 64, height: 32)
      return nil
    } catch { return error }
  }

  @Test func `a whole picture passes`() { #expect(fault(png) == nil) }

  @Test func `the checksum is PNG's`() {
    // The CRC every PNG ends with.
    #expect(CRC32.png.checksum(Array("IEND".utf8)[...]) == 0xAE42_6082)
    #expect(CRC32.png.checksum(Array("123456789".utf8)[...]) == 0xCBF4_3926)
  }

  @Test func `every cut is noticed`() {
    for count in 0..<png.count { #expect(fault(Array(png.prefix(count))) != nil, "\(count)") }
  }

  @Test func `every changed bit is noticed`() {
    for index in png.indices {
      for bit in 0..<8 {
        var bytes = png
        bytes[index] ^= 1 << bit
        #expect(fault(bytes) != nil, "byte \(index) bit \(bit)")
      }
    }
  }

  @Test func `chunks out of order, missing or after the end are refused`() {
    let signature = Array(png.prefix(8))
    let header = Array(png[8..<33])
    let data = MockWorker.chunk("IDAT", [1])
    let end = MockWorker.chunk("IEND", [])
    let text = MockWorker.chunk("tEXt", Array("a\0b".utf8))
    #expect(fault(signature + header + text + data + text + end) == nil)
    #expect(fault(signature + data + header + end) == .header)
    #expect(fault(signature + text + header + data + end) == .header)
    #expect(fault(signature + header + header + data + end) == .header)
    #expect(fault(signature + header + end) == .noData)
    #expect(fault(signature + header + data + end + [0]) == .trailingBytes(1))
    #expect(fault(signature + header + data + end + end) == .trailingBytes(12))
    #expect(fault(signature + header + data) == .truncated)
    #expect(fault(signature + header + MockWorker.chunk("ID T", [1]) + end) == .header)
    #expect(fault(MockWorker.png(32, 64, [1])) == .size(expected: [64, 32], found: [32, 64]))
  }

  @Test func `a length that runs past the end is refused`() {
    var bytes = png
    bytes.replaceSubrange(33..<37, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(fault(bytes) == .truncated)
  }
}
