import Testing

@testable import Server

@Suite struct PasswordTests {
  @Test func `reads the PHC string another library wrote, and its password alone`() throws {
    // The example of passlib's documentation for "password"; checked with Python's hashlib.scrypt.
    let text = "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E"
    let hash = try #require(PasswordHash(text))
    #expect(hash.text == text)
    #expect(try hash.matches(Password(attempt: "password")))
    #expect(try !hash.matches(Password(attempt: "Password")))
  }

  @Test func `two hashes of one password differ, and each knows it however é was typed`() throws {
    let cost = PasswordHash.Cost(ln: 4)
    let composed = try Password(new: "caf\u{E9} creme", field: "password")
    let first = try PasswordHash(composed, cost: cost)
    let second = try PasswordHash(composed, cost: cost)
    #expect(first.text != second.text && first.text.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
    #expect(try first.matches(Password(attempt: "cafe\u{301} creme")))
    #expect(PasswordHash(first.text) == first)
  }

  @Test(arguments: [
    "", "$", "plain", "$argon2id$v=19$m=1,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=40,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
    "$scrypt$ln=16,r=8$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
    "$scrypt$ln=16,r=8,p=1,q=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
    "$scrypt$ln=x,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
    "$scrypt$ln=16,r=8,p=1$!!$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
    "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$", "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$AAAA$",
  ])
  func `reads nothing else`(_ text: String) {
    #expect(PasswordHash(text) == nil)
  }

  @Test func `a password has 8 to 128 characters, whichever`() throws {
    for bad in ["", "1234567", String(repeating: "x", count: 129)] {
      #expect(throws: APIError.self) { try Password(new: bad, field: "password") }
    }
    _ = try Password(new: "        ", field: "password")
    _ = try Password(new: String(repeating: "日", count: 128), field: "password")
  }

  @Test func `a cheaper hash is made anew when its password is seen`() async throws {
    let hasher = try PasswordHasher(cost: .init(ln: 5))
    let old = try PasswordHash(Password(attempt: "a long secret"), cost: .init(ln: 4)).text
    let seen = try await hasher.verify(Password(attempt: "a long secret"), old)
    #expect(seen.isRight)
    let better = try #require(seen.better.flatMap { PasswordHash($0) })
    #expect(better.cost.ln == 5)
    #expect(try better.matches(Password(attempt: "a long secret")))
    #expect(try await hasher.verify(Password(attempt: "a long secret"), better.text).better == nil)
    #expect(try await hasher.verify(Password(attempt: "another"), old).isRight == false)
    #expect(try await hasher.verify(Password(attempt: "another"), nil).isRight == false)
  }

  @Test func `only so many passwords wait`() async throws {
    let hasher = try PasswordHasher(cost: .init(ln: 12))
    let results = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<60 {
        group.addTask { (try? await hasher.hash(Password(attempt: "a long secret"))) != nil }
      }
      return await group.reduce(into: [true: 0, false: 0]) { $0[$1, default: 0] += 1 }
    }
    #expect((results[true] ?? 0) >= 18)
    #expect((results[false] ?? 0) > 0)
  }

  @Test(arguments: [
    "Anna", "anna-maria", "Ann Lee", "José", "李雷", "o'", "x", String(repeating: "n", count: 32),
    "Nguye\u{302}\u{303}n", "मीरा", "שָׁלוֹם",
  ])
  func `names`(_ name: String) {
    #expect((try? AccountName(name)) != nil || name == "o'")
  }

  @Test(arguments: [
    "", " anna", "anna ", "an  na", "a/b", "<b>", "o'", "a\nb", "a\u{202E}b", "a\u{200B}b", "😀",
    "\u{3164}", "\u{115F}\u{1160}", "anna\u{FFA0}", "\u{301}", "a \u{301}",
    "e" + String(repeating: "\u{30D}", count: 4),
    String(repeating: "n", count: 33),
  ])
  func `no names`(_ name: String) {
    #expect(throws: APIError.self) { try AccountName(name) }
  }

  @Test func `names that look alike are the same name`() throws {
    let anna = try AccountName("Anna").key
    #expect(try AccountName("ANNA").key == anna)
    #expect(AccountName.key(of: "\u{FF21}nna") == anna)
    #expect(try AccountName("Jose\u{301}").key == AccountName("JOS\u{C9}").key)
  }
}
