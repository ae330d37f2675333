import Generation
import Synchronization

/// Requests of unfinished jobs, read once: they never change, and decoding one takes longer than all else that is
/// done with its row.
final class RequestCache: Sendable {
  /// Twice as many as may wait.
  private static let most = 1024
  private let requests = Mutex<[Int64: GenerationRequest]>([:])

  /// The request of a job, by `read` when it is not known yet.
  func request(of number: Int64, read: () throws -> GenerationRequest) rethrows -> GenerationRequest {
    if let known = requests.withLock({ $0[number] }) { return known }
    let request = try read()
    remember(number, request)
    return request
  }

  /// Keeps the request of a job.
  func remember(_ number: Int64, _ request: GenerationRequest) {
    requests.withLock { requests in
      // The oldest half are most likely over.
      if requests.count >= Self.most {
        for old in requests.keys.sorted().prefix(Self.most / 2) { requests[old] = nil }
      }
      requests[number] = request
    }
  }
}
