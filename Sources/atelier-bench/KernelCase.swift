import Tensors

/// One operation at one shape.
struct KernelCase: Sendable {
  /// Which model has this shape.
  enum Model: String, CaseIterable { case demo, sd15, sdxl }

  let model: Model
  /// The operation and its shape, as printed.
  let name: String
  /// Floating-point operations, a multiply-add counted as two; 0 where memory is the limit.
  let flops: Double
  /// Numbers that must be read or written once.
  let elements: Double
  /// Makes operands and returns what is timed.
  let prepare: @Sendable (Backend) throws -> () throws -> Void
}

/// Operands whose values do not matter but are finite and not zero.
func operand(_ backend: Backend, _ shape: Shape) throws -> Tensor {
  try backend.tensor((0..<shape.count).map { Float($0 % 17) * 0.1 - 0.8 }, shape: shape)
}

/// Values for weights that keep sums small.
func weights(_ count: Int) -> [Float] { (0..<count).map { Float($0 % 13) * 0.01 - 0.06 } }
