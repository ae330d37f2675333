import Generation
import Synchronization

/// Requests of waiting jobs, read once: they never change, and decoding them takes longer than all else an
/// overview does.
final class RequestCache: Sendable {
  private let requests = Mutex<[Int64: GenerationRequest]>([:])

  /// The request of a job, by `read` when it is not known yet.
  func request(of number: Int64, read: () throws -> GenerationRequest) rethrows -> GenerationRequest {
    if let known = requests.withLock({ $0[number] }) { return known }
    let request = try read()
    requests.withLock { $0[number] = request }
    return request
  }

  /// Forgets every job but these.
  func keep(_ numbers: Set<Int64>) {
    requests.withLock { requests in
      if requests.count > numbers.count { requests = requests.filter { numbers.contains($0.key) } }
    }
  }
}
