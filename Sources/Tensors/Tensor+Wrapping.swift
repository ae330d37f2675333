import CKernels
import Synchronization

extension Backend {
  /// Whether convolutions go on at the opposite edge now; see `wrapping`.
  public var isWrapping: Bool { wrapsConvolutions.load(ordering: .relaxed) }

  /// Runs `body` with convolutions that go on at the opposite edge instead of at zeros, so that results tile.
  public func wrapping<Result>(_ wraps: Bool, _ body: () throws -> Result) rethrows -> Result {
    let before = wrapsConvolutions.exchange(wraps, ordering: .relaxed)
    defer { wrapsConvolutions.store(before, ordering: .relaxed) }
    return try body()
  }
}

extension Tensor {
  /// A convolution whose padding is the opposite edge: rows and columns are copied around the input first.
  func wrappedConv(
    _ packed: PackedConv, _ geometry: ConvGeometry, concatenating second: Tensor?,
    normalisedBy norm: InputNorm?, then epilogue: Epilogue
  ) throws(TensorError) -> Tensor {
    let padding = geometry.padding ?? .half(packed)
    var plain = ConvGeometry(stride: geometry.stride, padding: .all(0))
    if let size = geometry.enlargedTo, size != (shape[1], shape[2]) {
      // One pixel around the source is two around the enlarged one: the result has a border too many.
      guard size == (2 * shape[1], 2 * shape[2]), geometry.stride == 1, padding == .all(1),
        epilogue.residual == nil
      else {
        let large = try enlarged(height: size.height, width: size.width)
        var same = geometry
        same.enlargedTo = nil
        return try large.wrappedConv(
          packed, same,
          concatenating: second.map { other throws(TensorError) in
            try other.enlarged(height: size.height, width: size.width)
          }, normalisedBy: norm, then: epilogue)
      }
      plain.enlargedTo = (size.height + 4, size.width + 4)
    }
    let input = try wrapped(padding)
    let other = try second.map { second throws(TensorError) in try second.wrapped(padding) }
    let result = try input.paddedConv(
      packed, plain, concatenating: other, normalisedBy: norm, then: epilogue)
    return plain.enlargedTo == nil ? result : try result.withoutBorder()
  }

  /// The tensor with copies of its opposite edges around it.
  private func wrapped(_ padding: ConvGeometry.Padding) throws(TensorError) -> Tensor {
    let (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
    let (rows, columns) = (
      height + padding.top + padding.bottom, width + padding.left + padding.right
    )
    let sides = max(padding.top, padding.bottom) <= height && max(padding.left, padding.right) <= width
    try expect("wrapped conv", sides, "an input no smaller than its padding", shape)
    let out = try Tensor(backend, [batch, rows, columns, channels], type: type)
    let pixel = channels * type.size
    try backend.call("wrapped") { table, device in
      for row in 0..<batch * rows {
        let y = (row % rows - padding.top + height) % height
        let from = address + (row / rows * height + y) * width * pixel
        let to = out.address + row * columns * pixel
        var status = table.copy(device, to + padding.left * pixel, from, width * pixel)
        if status == CK_OK, padding.left > 0 {
          status = table.copy(device, to, from + (width - padding.left) * pixel, padding.left * pixel)
        }
        if status == CK_OK, padding.right > 0 {
          status = table.copy(device, to + (padding.left + width) * pixel, from, padding.right * pixel)
        }
        if status != CK_OK { return status }
      }
      return ck_status(CK_OK)
    }
    return out
  }

  /// The tensor without its outermost rows and columns.
  private func withoutBorder() throws(TensorError) -> Tensor {
    let (height, width) = (shape[1] - 2, shape[2] - 2)
    let out = try Tensor(backend, [shape[0], height, width, shape[3]], type: type)
    let pixel = shape[3] * type.size
    try backend.call("withoutBorder") { table, device in
      for row in 0..<shape[0] * height {
        let from = (row / height * shape[1] + row % height + 1) * shape[2] + 1
        let status = table.copy(
          device, out.address + row * width * pixel, address + from * pixel, width * pixel)
        if status != CK_OK { return status }
      }
      return ck_status(CK_OK)
    }
    return out
  }

  /// The tensor enlarged by nearest neighbour, on the host: sizes that are not doubled are rare.
  private func enlarged(height: Int, width: Int) throws(TensorError) -> Tensor {
    let values = try floats()
    let channels = shape[3]
    var result: [Float] = []
    result.reserveCapacity(shape[0] * height * width * channels)
    for row in 0..<shape[0] * height {
      let y = row / height * shape[1] + row % height * shape[1] / height
      for x in 0..<width {
        let start = (y * shape[2] + x * shape[2] / width) * channels
        result += values[start..<start + channels]
      }
    }
    let large = try backend.parameters(result, shape: [shape[0], height, width, channels])
    return try large.converted(to: type)
  }
}
