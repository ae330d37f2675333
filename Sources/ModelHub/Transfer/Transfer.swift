internal import CCurl

/// One request to one host over libcurl; redirects are answers here, not followed.
final class Transfer {
  private let address: WebAddress
  private let sink: any ResponseSink
  private let session: HubSession
  private var head = ResponseHead()
  private var isComplete = false
  private var failure: HubError?

  /// libcurl's own tables, made once.
  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init(_ address: WebAddress, sink: any ResponseSink, session: HubSession) {
    self.address = address
    self.sink = sink
    self.session = session
  }

  /// Makes the request; the sink gets everything but redirects and refusals.
  func run(_ headers: [String]) throws(HubError) -> ResponseHead {
    guard Self.isReady, let handle = unsafe curl_easy_init() else {
      throw .connection(host: address.origin.host, reason: "libcurl cannot be started")
    }
    defer { unsafe curl_easy_cleanup(handle) }
    var list: UnsafeMutablePointer<curl_slist>?
    defer { unsafe curl_slist_free_all(list) }
    for header in headers { unsafe list = unsafe curl_slist_append(list, header) }
    var code = unsafe configure(handle, list)
    if code == CURLE_OK { code = unsafe curl_easy_perform(handle) }
    if let failure { throw failure }
    guard code == CURLE_OK else { throw error(code) }
    return head
  }

  private func configure(
    _ handle: UnsafeMutableRawPointer, _ headers: UnsafeMutablePointer<curl_slist>?
  ) -> CURLcode {
    let numbers: [(CURLoption, Int)] = [
      (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_CONNECTTIMEOUT, 30),
      (CURLOPT_LOW_SPEED_LIMIT, 1), (CURLOPT_LOW_SPEED_TIME, session.patience),
      // Bytes as they are: a transfer coding could hide a bomb.
      (CURLOPT_HTTP_CONTENT_DECODING, 0),
    ]
    var codes = numbers.map { option, value in unsafe ccurl_set_number(handle, option, value) }
    codes.append(unsafe ccurl_set_text(handle, CURLOPT_URL, address.text))
    codes.append(unsafe ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https"))
    codes.append(unsafe ccurl_set_headers(handle, headers))
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    codes.append(
      unsafe ccurl_receive(
        handle,
        { bytes, size, count, context in
          unsafe Transfer.from(context).takeLine(bytes, size * count) ? size * count : 0
        },
        { bytes, size, count, context in
          unsafe Transfer.from(context).takeBody(bytes, size * count) ? size * count : 0
        },
        { context, _, _, _, _ in unsafe Transfer.from(context).mayGoOn ? 0 : 1 }, context))
    return codes.first { $0 != CURLE_OK } ?? CURLE_OK
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer {
    guard let context = unsafe context else { preconditionFailure("libcurl lost its context") }
    return unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  }

  private var mayGoOn: Bool {
    if session.isInterrupted() { failure = failure ?? .interrupted }
    return failure == nil
  }

  private func takeLine(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Bool {
    let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
    var line = unsafe Array(buffer)
    while line.last == 0x0A || line.last == 0x0D { line.removeLast() }
    guard !isComplete || line.starts(with: Array("HTTP/".utf8)) else { return true }
    isComplete = head.take(String(decoding: line, as: UTF8.self))
    guard isComplete, isWanted else { return mayGoOn }
    return record { () throws(HubError) in try sink.begin(head) }
  }

  private func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Bool {
    guard isWanted else { return mayGoOn }
    let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
    return record { () throws(HubError) in try unsafe sink.take(buffer) }
  }

  /// Whether this is an answer for the sink.
  private var isWanted: Bool { !head.isRedirect && head.status != 401 && head.status != 403 }

  private func record(_ body: () throws(HubError) -> Void) -> Bool {
    do throws(HubError) { try body() } catch { failure = failure ?? error }
    return mayGoOn
  }

  private func error(_ code: CURLcode) -> HubError {
    let reason = unsafe String(cString: curl_easy_strerror(code))
    return .connection(host: address.origin.host, reason: reason.lowercased())
  }
}
