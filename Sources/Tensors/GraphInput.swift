import CKernels

/// A tensor at a fixed place, which recorded operations read: the one tensor whose values change.
public final class GraphInput: Sendable {
  /// The tensor, for the recorded operations.
  public let tensor: Tensor

  /// Reserves memory for the shape, in the type of activations; unwritten until `set`.
  public init(_ shape: Shape, on backend: Backend) throws(TensorError) {
    tensor = try Tensor(backend, shape)
  }

  /// Copies values in, in order with the operations around it; throws `shape`.
  public func set(_ values: Tensor) throws(TensorError) {
    try tensor.expectSame("graph input", values, tensor.shape)
    try tensor.expect("graph input", values.type == tensor.type, "\(tensor.type) values", values.shape)
    try tensor.expectDevice("graph input", tensor.backend, values)
    try tensor.backend.call("graph input") { table, device in
      table.copy(device, tensor.address, values.address, values.count * values.type.size)
    }
  }

  /// A part of a flat input as a tensor of `shape`, from element `first` on; shares memory.
  public func part(from first: Int, shape: Shape) throws(TensorError) -> Tensor {
    guard let count = shape.checkedCount, first >= 0, first + count <= tensor.count else {
      throw .shape(operation: "graph input", expected: "a part of \(tensor.shape)", found: "\(shape)")
    }
    return Tensor(
      tensor.storage, offset: tensor.offset + first * tensor.type.size, shape: shape, type: tensor.type)
  }
}
