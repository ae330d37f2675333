import Foundation
import Sockets
import Testing

@testable import Server

/// The conformance suite of `ImageStore`, run on the folder.
@Suite struct ImageStoreTests {
  private let root = NSTemporaryDirectory() + "atelier-images-" + UUID().uuidString

  private func open() throws -> any ImageStore {
    try FolderImageStore(root: root, thread: ThreadExecutor(name: "files"))
  }

  private func close() { try? FileManager.default.removeItem(atPath: root) }

  @Test func `finds what was stored, by its SHA-256`() async throws {
    let store = try open()
    defer { close() }
    let name = try await store.store(Array("abc".utf8))
    #expect(name == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let found = try #require(try await store.find(name, .full))
    #expect(found.size == 3)
    #expect(FileManager.default.contents(atPath: found.path) == Data("abc".utf8))
    #expect(try await store.find(name, .thumbnail) == nil)
    try await store.storeThumbnail([1, 2], of: name)
    #expect(try await store.find(name, .thumbnail)?.size == 2)
    #expect(try await store.store(Array("abc".utf8)) == name)
    #expect(try await store.find(String(repeating: "0", count: 64), .full) == nil)
  }

  @Test(arguments: [
    "", "..", "../../etc/passwd", String(repeating: "A", count: 64), String(repeating: "/", count: 64),
  ])
  func `takes no other name`(_ name: String) async throws {
    let store = try open()
    defer { close() }
    await #expect(throws: ImageStoreError.malformedName) { try await store.find(name, .full) }
    await #expect(throws: ImageStoreError.malformedName) { try await store.storeThumbnail([1], of: name) }
  }

  @Test func `removes old files that no row names, and nothing else`() async throws {
    let store = try open()
    defer { close() }
    let kept = try await store.store([1])
    let orphan = try await store.store([2])
    try await store.storeThumbnail([3], of: orphan)
    let unfinished = "\(root)/\(orphan.prefix(2))/.tmp-x"
    #expect(FileManager.default.createFile(atPath: unfinished, contents: Data([4])))
    #expect(try await store.sweep(olderThan: .seconds(3600)) { _ in [] } == 0)
    #expect(try await store.sweep(olderThan: .seconds(-10)) { _ in [kept] } == 3)
    #expect(try await store.find(kept, .full) != nil)
    #expect(try await store.find(orphan, .full) == nil)
    #expect(!FileManager.default.fileExists(atPath: unfinished))
  }

  @Test func `keeps files private and leaves no half of one`() async throws {
    let store = try open()
    defer { close() }
    let name = try await store.store([UInt8](repeating: 7, count: 100_000))
    let path = try #require(try await store.find(name, .full)).path
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect((attributes[.posixPermissions] as? Int) == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(name.prefix(2))").count == 1)
    #expect(try await store.freeBytes() > 0)
  }
}
