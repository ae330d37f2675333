import Checkpoints
import Synchronization
import Tensors

/// Multiplies low-rank matrices and adds them to weights, in float32 on the host's processor whatever device the
/// network runs on.
public final class LowRankMerger: Sendable {
  private let threads: Int?
  private let backend = Mutex<Backend?>(nil)

  /// - Parameter threads: Threads to use; nil: one a core.
  public init(threads: Int? = nil) { self.threads = threads }

  /// Adds an update to a weight [outputs, inputs] or [outputs, inputs, height, width] in row-major order.
  ///
  /// down is [rank, inputs, …], up [outputs, rank, …]; a middle [rank, rank, height, width] makes down and up 1×1
  /// (the LyCORIS authors' LoCon).
  /// - Throws: `CheckpointError.wrongShape` that names the tensor; `TensorError`.
  func add(_ update: LowRankUpdate, to values: inout [Float], shape: [Int]) throws {
    let matrices = try update.file.matrices(of: update.pair, for: shape)
    let columns = shape.dropFirst().reduce(1, *)
    let product = try product(
      up: matrices.up, down: matrices.down, rows: shape[0], rank: matrices.rank, columns: columns)
    let scale = matrices.scale * update.multiplier
    values.withUnsafeMutableBufferPointer { values in
      product.withUnsafeBufferPointer { product in
        for index in values.indices { values[index] += scale * product[index] }
      }
    }
  }

  /// [rows, rank] · [rank, columns].
  private func product(
    up: [Float], down: [Float], rows: Int, rank: Int, columns: Int
  ) throws -> [Float] {
    let backend = try host()
    var turned = [Float](repeating: 0, count: down.count)
    for row in 0..<rank {
      for column in 0..<columns { turned[column * rank + row] = down[row * columns + column] }
    }
    let packed = try PackedLinear(on: backend, weight: turned, outputs: columns, inputs: rank)
    return try backend.tensor(up, shape: [rows, rank]).linear(packed).floats()
  }

  private func host() throws -> Backend {
    try backend.withLock { backend in
      if let backend { return backend }
      let made = try Backend.named("cpu", threads: threads, precision: .full)
      backend = made
      return made
    }
  }
}
