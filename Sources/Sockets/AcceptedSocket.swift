internal import CLinux

/// A connection as the listener gives it, before it belongs to an event loop.
public struct AcceptedSocket: Sendable {
  /// The connected descriptor, non-blocking.
  public let descriptor: FileDescriptor
  /// Where the connection came from.
  public let peer: SocketAddress
  /// The process has run out of descriptors and this one took the reserved place: answer in a few bytes with
  /// `refuse` and let go of it.
  public let isReserve: Bool

  /// Sends a short last word without waiting, and takes what the peer has sent so far, so that closing does not
  /// reset the connection before the word arrives.
  public func refuse(_ bytes: [UInt8]) {
    _ = unsafe bytes.withUnsafeBytes { buffer in
      unsafe clinux_send(descriptor.rawValue, buffer.baseAddress, buffer.count, 0)
    }
    _ = clinux_shutdown_write(descriptor.rawValue)
    _ = unsafe withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 1) { buffer in
      unsafe clinux_receive(descriptor.rawValue, buffer.baseAddress, buffer.count)
    }
  }
}
