import Foundation
import Testing

@testable import WorkerProtocol

@Suite struct SharedSecretTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "worker.key").path)
  }

  @Test func `the text form reads back`() throws {
    let secret = SharedSecret.random()
    #expect(secret.hex.count == 64)
    #expect(try SharedSecret(hex: " \(secret.hex.uppercased())\n") == secret)
    #expect(secret != SharedSecret.random())
  }

  @Test(arguments: ["", "abc", String(repeating: "g", count: 64), String(repeating: "a", count: 66)])
  func `other text is refused`(text: String) {
    #expect(throws: ProtocolError.malformedSecret) { try SharedSecret(hex: text) }
  }

  @Test func `a secret is never printed`() {
    let secret = SharedSecret.random()
    #expect(!"\(secret)".contains(secret.hex.prefix(8)))
    var text = ""
    dump(secret, to: &text)
    #expect(text.count < 100)
  }

  @Test func `the file is made once, private, and read back`() throws {
    try withFolder { path in
      let secret = try SharedSecret.loadOrCreate(file: path)
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      #expect(try SharedSecret.loadOrCreate(file: path) == secret)
      #expect(throws: ProtocolError.secretFileFailed(operation: "create", errno: EEXIST)) {
        try secret.write(file: path)
      }
    }
  }

  @Test(arguments: [0o640, 0o604, 0o644, 0o660])
  func `a file that others can read is refused`(mode: Int) throws {
    try withFolder { path in
      _ = try SharedSecret.loadOrCreate(file: path)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      #expect(throws: ProtocolError.secretFileTooOpen(mode: UInt32(mode))) { try SharedSecret(file: path) }
    }
  }
}
