import Foundation
import Tensors
import Testing

/// A way to compute the full-size model, and how far it may be from float32, relative to the size of the result.
struct FullSizeWay: CustomTestStringConvertible, Sendable {
  /// Where `Scripts/test.sh --full-size` put the model and the goldens; nil in every other run.
  static let folder = ProcessInfo.processInfo.environment["ATELIER_FULL_SIZE"]

  let backend: String
  let precision: Precision
  let bound: Float

  var testDescription: String { "\(backend), \(precision.name)" }

  /// Every backend here in every precision it computes in, once where autocast is float32 too.
  static let all: [FullSizeWay] = Backend.all.filter { $0.absence == nil }.flatMap { description in
    [Precision.full, .autocast].compactMap { precision in
      guard let backend = try? Backend(description, precision: precision) else { return nil }
      let narrow = backend.activationType == .bfloat16
      guard narrow || precision == .full else { return nil }
      return FullSizeWay(backend: description.name, precision: precision, bound: narrow ? 0.02 : 1e-4)
    }
  }
}
