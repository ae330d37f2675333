/// Takes a response as it comes.
protocol ResponseSink: AnyObject {
  /// A redirect on the way: hosts of models say there what the file's hash is.
  func redirected(_ head: ResponseHead)
  /// The head of the last response; throwing ends the transfer.
  func begin(_ head: ResponseHead) throws(HubError)
  /// The next bytes of its body; throwing ends the transfer.
  func take(_ bytes: UnsafeRawBufferPointer) throws(HubError)
}

extension ResponseSink {
  /// Most do not care.
  func redirected(_ head: ResponseHead) {}
}

/// A body in memory, at most so many bytes.
final class MemorySink: ResponseSink {
  private(set) var bytes: [UInt8] = []
  private let limit: Int
  private let what: String
  private let host: String

  init(_ what: String, host: String, limit: Int) {
    self.what = what
    self.host = host
    self.limit = limit
  }

  func begin(_ head: ResponseHead) throws(HubError) {
    guard head.status == 200 else { throw .status(host: host, code: head.status) }
    guard head.length ?? 0 <= limit else { throw .tooLarge(file: what, limit: limit) }
    bytes = []
  }

  func take(_ more: UnsafeRawBufferPointer) throws(HubError) {
    guard more.count <= limit - bytes.count else { throw .tooLarge(file: what, limit: limit) }
    unsafe bytes.append(contentsOf: more)
  }
}

/// Only the head; the body is not fetched.
final class HeadSink: ResponseSink {
  private(set) var head: ResponseHead?

  func begin(_ head: ResponseHead) throws(HubError) {
    self.head = head
    throw .interrupted
  }

  func take(_ bytes: UnsafeRawBufferPointer) throws(HubError) {}
}
