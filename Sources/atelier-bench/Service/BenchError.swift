/// Why a suite could not measure.
enum BenchError: Error, CustomStringConvertible {
  case system(call: String, errno: Int32)
  case unexpected(String)

  var description: String {
    switch self {
    case .system(let call, let errno): "\(call) failed with errno \(errno)"
    case .unexpected(let what): what
    }
  }

  /// Passes a CLinux result on, or throws the errno in it.
  static func check(_ result: Int32, _ call: String) throws(BenchError) -> Int32 {
    if result < 0 { throw .system(call: call, errno: -result) }
    return result
  }
}
