extension Tensor {
  func expect(
    _ operation: String, _ holds: Bool, _ expected: @autoclosure () -> String, _ found: Shape
  ) throws(TensorError) {
    guard holds else { throw .shape(operation: operation, expected: expected(), found: "\(found)") }
  }

  func expectSame(_ operation: String, _ other: Tensor?, _ shape: Shape) throws(TensorError) {
    guard let other, other.shape != shape else { return }
    throw .shape(operation: operation, expected: "\(shape)", found: "\(other.shape)")
  }

  func expectConcatenable(
    _ operation: String, _ second: Tensor?, _ channels: Int
  ) throws(TensorError) {
    let found = shape.last + (second?.shape.last ?? 0)
    try expect(operation, found == channels, "\(channels) channels", shape.replacingLast(with: found))
    if let second {
      let expected = shape.replacingLast(with: second.shape.last)
      try expect(operation, second.shape == expected, "\(expected)", second.shape)
    }
  }

  func expectDevice(
    _ operation: String, _ other: Backend, _ tensors: Tensor?...
  ) throws(TensorError) {
    guard other === backend else { throw .differentBackends(operation: operation) }
    for tensor in tensors {
      if let tensor, tensor.backend !== backend { throw .differentBackends(operation: operation) }
    }
  }
}
