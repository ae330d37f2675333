import CKernels

/// A kernel backend built into this binary, before a device of it is opened.
public struct BackendDescription: Sendable {
  /// What a user types: `reference`, `cpu:avx2`, `cuda`.
  public let name: String
  let index: Int

  var table: UnsafePointer<ck_backend>? { ck_backend_at(index) }

  /// Why no device of it is present, or nil if one is.
  public var absence: String? {
    guard let table else { return "not in this binary" }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
      text.initialize(repeating: 0)
      guard table.pointee.probe(text.baseAddress!, text.count) != CK_OK else { return nil }
      return String(cString: text.baseAddress!)
    }
  }
}
