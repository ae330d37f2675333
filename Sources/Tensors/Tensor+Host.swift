import CKernels

extension Backend {
  /// A tensor of these values, stored as activations are.
  ///
  /// Throws `shape` if their count is not the shape's.
  public func tensor(_ values: [Float], shape: Shape) throws(TensorError) -> Tensor {
    try values.withUnsafeBufferPointer { values throws(TensorError) in
      try tensor(WeightSource(bytes: UnsafeRawBufferPointer(values), type: .float32, shape: shape))
    }
  }

  /// A tensor of a file's bytes, converted to the type of activations, or to `storedAs`.
  ///
  /// Throws `byteCount` if the length is not the shape's.
  public func tensor(
    _ source: WeightSource, storedAs wanted: ElementType? = nil
  ) throws(TensorError) -> Tensor {
    try source.check()
    let wanted = wanted ?? activationType
    let raw = try Tensor(self, source.shape, type: source.type)
    try call("upload") { table, device in
      table.upload(device, raw.address, source.bytes.baseAddress!, source.bytes.count)
    }
    return source.type == wanted ? raw : try raw.converted(to: wanted)
  }

  /// A float32 tensor of parameters (scale and shift of norms, tables) from a file's bytes.
  public func parameters(_ source: WeightSource) throws(TensorError) -> Tensor {
    try tensor(source, storedAs: .float32)
  }

  /// A float32 tensor of these values, whatever activations are stored as.
  ///
  /// Throws `shape` if their count is not the shape's.
  public func parameters(_ values: [Float], shape: Shape) throws(TensorError) -> Tensor {
    try values.withUnsafeBufferPointer { values throws(TensorError) in
      try parameters(WeightSource(bytes: UnsafeRawBufferPointer(values), type: .float32, shape: shape))
    }
  }

  /// A tensor [batch, height, width, channels] from values in [batch, channels, height, width], PyTorch's order.
  public func tensor(
    channelsFirst values: [Float], batch: Int, channels: Int, height: Int, width: Int
  ) throws(TensorError) -> Tensor {
    let shape: Shape = [batch, height, width, channels]
    guard values.count == shape.checkedCount else {
      throw .shape(operation: "tensor", expected: "\(shape.count) values", found: "\(values.count)")
    }
    var turned = [Float](repeating: 0, count: values.count)
    let pixels = height * width
    for image in 0..<batch {
      for channel in 0..<channels {
        let from = (image * channels + channel) * pixels
        for pixel in 0..<pixels {
          turned[(image * pixels + pixel) * channels + channel] = values[from + pixel]
        }
      }
    }
    return try tensor(turned, shape: shape)
  }
}

extension Tensor {
  /// The same values stored as `type`.
  public func converted(to type: ElementType) throws(TensorError) -> Tensor {
    if type == self.type { return self }
    let out = try Tensor(backend, shape, type: type)
    try backend.call("convert") { table, device in
      table.convert(device, operand, out.operand, Int64(count))
    }
    return out
  }

  /// The same values on a device, stored as its activations are; waits where it is another one.
  public func moved(to other: Backend) throws(TensorError) -> Tensor {
    if other === backend { return try converted(to: backend.activationType) }
    return try other.tensor(try floats(), shape: shape)
  }

  /// The values, in memory order.
  ///
  /// Waits for the device.
  public func floats() throws(TensorError) -> [Float] {
    let source = try converted(to: .float32)
    var status: TensorError?
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(TensorError) {
        try backend.call("download") { table, device in
          table.download(device, buffer.baseAddress!, source.address, source.count * 4)
        }
        filled = count
      } catch { status = error }
    }
    if let status { throw status }
    return values
  }

  /// The values of a [batch, height, width, channels] tensor in [batch, channels, height, width] order.
  public func channelsFirstFloats() throws(TensorError) -> [Float] {
    guard shape.rank == 4 else {
      throw .shape(operation: "channelsFirstFloats", expected: "four extents", found: "\(shape)")
    }
    let values = try floats()
    let (pixels, channels) = (shape[1] * shape[2], shape[3])
    var turned = [Float](repeating: 0, count: values.count)
    for image in 0..<shape[0] {
      for pixel in 0..<pixels {
        let from = (image * pixels + pixel) * channels
        for channel in 0..<channels {
          turned[(image * channels + channel) * pixels + pixel] = values[from + channel]
        }
      }
    }
    return turned
  }

  /// A picture's bytes: (x/2 + 0.5) clamped to 0…1, times 255, rounded half to even as diffusers does.
  ///
  /// [-1, 1] becomes 0…255 in memory order: RGB rows for [height, width, 3].
  public func imageBytes() throws(TensorError) -> [UInt8] {
    let out = try Storage(backend, bytes: count)
    try backend.call("imageBytes") { table, device in
      table.to_bytes(device, operand, out.memory, Int64(count))
    }
    var failure: TensorError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(TensorError) {
        try backend.call("download") { table, device in
          table.download(device, buffer.baseAddress!, out.memory, count)
        }
        filled = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// How many values are infinite or not a number.
  ///
  /// Waits for the device.
  public func nonFiniteCount() throws(TensorError) -> Int {
    var found: UInt64 = 0
    try backend.call("nonFiniteCount") { table, device in
      table.count_nonfinite(device, operand, Int64(count), &found)
    }
    return Int(clamping: found)
  }
}

extension Tensor {
  /// A function of every value, computed on the host and stored as this is.
  public func mapped(_ function: (Float) -> Float) throws(TensorError) -> Tensor {
    let values = try floats().map(function)
    return try values.withUnsafeBufferPointer { values throws(TensorError) in
      try backend.tensor(
        WeightSource(bytes: UnsafeRawBufferPointer(values), type: .float32, shape: shape), storedAs: type)
    }
  }

  /// Columns of several tensors of as many rows, side by side, joined on the host and stored as the first is.
  ///
  /// Throws `shape` for tensors of different rows.
  public static func joined(
    columns parts: [(tensor: Tensor, range: Range<Int>)]
  ) throws(TensorError) -> Tensor {
    guard let first = parts.first?.tensor else {
      throw .shape(operation: "join", expected: "at least one tensor", found: "none")
    }
    let rows = first.shape.rows
    let width = parts.reduce(0) { $0 + $1.range.count }
    var result = [Float](repeating: 0, count: rows * width)
    var start = 0
    for (tensor, range) in parts {
      let columns = tensor.shape.last
      guard tensor.shape.rows == rows, range.lowerBound >= 0, range.upperBound <= columns else {
        throw .shape(operation: "join", expected: "\(rows) rows, \(range) columns", found: "\(tensor.shape)")
      }
      let values = try tensor.floats()
      for row in 0..<rows {
        for (offset, column) in range.enumerated() {
          result[row * width + start + offset] = values[row * columns + column]
        }
      }
      start += range.count
    }
    let shape = first.shape.replacingLast(with: width)
    return try result.withUnsafeBufferPointer { values throws(TensorError) in
      try first.backend.tensor(
        WeightSource(bytes: UnsafeRawBufferPointer(values), type: .float32, shape: shape),
        storedAs: first.type)
    }
  }
}
