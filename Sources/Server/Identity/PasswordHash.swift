import FoundationEssentials
import Hashes

/// A password's hash by scrypt (RFC 7914) as a PHC string: `$scrypt$ln=17,r=8,p=1$salt$hash`.
struct PasswordHash: Hashable, Sendable {
  /// How dear a hash is: 2^`ln` rounds of `r` blocks, `p` times; 128 · r · 2^ln bytes of memory.
  struct Cost: Hashable, Sendable {
    var ln = 17
    var r = 8
    var p = 1

    /// Only what this server could have written: a stored string must not take all memory.
    fileprivate var isBearable: Bool {
      (1...20).contains(ln) && (1...16).contains(r) && (1...16).contains(p)
    }
  }

  private static let saltBytes = 16
  private static let hashBytes = 32

  let cost: Cost
  private let salt: [UInt8]
  private let hash: [UInt8]

  /// The hash of nothing: as dear to try as a real one, and no password is right.
  init(matchingNothingAt cost: Cost) {
    self.cost = cost
    salt = Self.randomBytes(Self.saltBytes)
    hash = Self.randomBytes(Self.hashBytes)
  }

  /// Hashes a new password with a salt of its own; takes a third of a second and 128 MiB by default.
  init(_ password: Password, cost: Cost = Cost()) throws {
    salt = Self.randomBytes(Self.saltBytes)
    self.cost = cost
    hash = try Self.derive(password, salt, cost)
  }

  /// Reads a PHC string; nil when it is none of scrypt's.
  init?(_ text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
    var values: [Substring: Int] = [:]
    for pair in parts[2].split(separator: ",") {
      let sides = pair.split(separator: "=")
      guard sides.count == 2, let value = Int(sides[1]) else { return nil }
      values[sides[0]] = value
    }
    guard values.count == 3, let ln = values["ln"], let r = values["r"], let p = values["p"],
      let salt = Self.bytes(parts[3]), let hash = Self.bytes(parts[4]), (8...64).contains(salt.count),
      (16...64).contains(hash.count)
    else { return nil }
    cost = Cost(ln: ln, r: r, p: p)
    guard cost.isBearable else { return nil }
    self.salt = salt
    self.hash = hash
  }

  /// The PHC string.
  var text: String {
    "$scrypt$ln=\(cost.ln),r=\(cost.r),p=\(cost.p)$\(Self.base64(salt))$\(Self.base64(hash))"
  }

  /// Whether this is the password, in time that does not depend on how wrong it is.
  func matches(_ password: Password) throws -> Bool {
    let given = try Self.derive(password, salt, cost, count: hash.count)
    return ConstantTime.equal(given, hash)
  }

  private static func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  private static func derive(
    _ password: Password, _ salt: [UInt8], _ cost: Cost, count: Int = hashBytes
  ) throws -> [UInt8] {
    try Scrypt.deriveKey(
      from: password.bytes, salt: salt, byteCount: count, rounds: 1 << cost.ln, blockSize: cost.r,
      parallelism: cost.p)
  }

  /// PHC strings have no padding.
  private static func base64(_ bytes: [UInt8]) -> String {
    String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
  }

  private static func bytes(_ text: Substring) -> [UInt8]? {
    let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    return Data(base64Encoded: text + padding).map { Array($0) }
  }
}
