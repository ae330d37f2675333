import CKernels

extension Tensor {
  /// The activation of every element.
  public func activated(_ activation: Activation) throws(TensorError) -> Tensor {
    let out = try Tensor(backend, shape, type: type)
    try backend.call("activated") { table, device in
      table.activate(device, operand, out.operand, Int64(count), activation.rawValue)
    }
    return out
  }

  /// The sum of two tensors of one shape.
  ///
  /// Throws `shape`.
  public func adding(_ other: Tensor) throws(TensorError) -> Tensor {
    try expectSame("adding", other, shape)
    try expectDevice("adding", backend, other)
    let out = try Tensor(backend, shape, type: type)
    try backend.call("adding") { table, device in
      table.add(device, operand, other.operand, out.operand, Int64(count))
    }
    return out
  }

  /// x·scale + shift, limited to `range` if one is given.
  public func scaled(
    by scale: Float, adding shift: Float = 0, clampedTo range: ClosedRange<Float>? = nil
  ) throws(TensorError) -> Tensor {
    let out = try Tensor(backend, shape, type: type)
    var call = ck_scale_call(
      x: operand, out: out.operand, elements: Int64(count), scale: scale, shift: shift,
      low: range?.lowerBound ?? -.infinity, high: range?.upperBound ?? .infinity)
    try backend.call("scaled") { table, device in table.scale_clamp(device, &call) }
    return out
  }

  /// Σ coefficient·tensor over one to four tensors of one shape: guidance and sampler steps.
  ///
  /// Throws `shape`.
  public static func combination(_ terms: (Float, Tensor)...) throws(TensorError) -> Tensor {
    try combination(terms)
  }

  /// Σ coefficient·tensor over one to four tensors of one shape.
  ///
  /// Throws `shape`.
  public static func combination(_ terms: [(Float, Tensor)]) throws(TensorError) -> Tensor {
    guard let first = terms.first?.1, terms.count <= 4 else {
      throw .shape(operation: "combination", expected: "one to four terms", found: "\(terms.count)")
    }
    var call = ck_combine_call()
    withUnsafeMutableBytes(of: &call.x) { operands in
      let operands = operands.bindMemory(to: ck_operand.self)
      for (index, term) in terms.enumerated() { operands[index] = term.1.operand }
    }
    withUnsafeMutableBytes(of: &call.coefficient) { coefficients in
      let coefficients = coefficients.bindMemory(to: Float.self)
      for (index, term) in terms.enumerated() { coefficients[index] = term.0 }
    }
    for term in terms {
      try first.expectSame("combination", term.1, first.shape)
      try first.expectDevice("combination", first.backend, term.1)
    }
    let out = try Tensor(first.backend, first.shape, type: first.type)
    call.out = out.operand
    call.count = Int32(terms.count)
    call.elements = Int64(first.count)
    try first.backend.call("combination") { table, device in table.combine(device, &call) }
    return out
  }

  /// The whole tensor `copies` times along the outermost extent: [b, …] → [copies·b, …].
  public func repeated(_ copies: Int) throws(TensorError) -> Tensor {
    try expect("repeated", copies > 0 && copies <= Int(Int32.max), "a positive number of copies", shape)
    if copies == 1 { return self }
    let out = try Tensor(backend, shape.replacing(0, with: copies * shape[0]), type: type)
    try backend.call("repeated") { table, device in
      table.`repeat`(device, operand, out.operand, Int64(count), Int32(copies))
    }
    return out
  }

  /// Tensors one after another along the outermost extent.
  ///
  /// Throws `shape` if other extents differ or none is given.
  public static func concatenatedBatch(_ parts: [Tensor]) throws(TensorError) -> Tensor {
    guard let first = parts.first else {
      throw .shape(operation: "concatenatedBatch", expected: "at least one tensor", found: "none")
    }
    var total = 0
    for part in parts {
      let same = part.shape.replacing(0, with: first.shape[0]) == first.shape && part.type == first.type
      try first.expect("concatenatedBatch", same, "\(first.shape) but for the first extent", part.shape)
      try first.expectDevice("concatenatedBatch", first.backend, part)
      total += part.shape[0]
    }
    let out = try Tensor(first.backend, first.shape.replacing(0, with: total), type: first.type)
    var offset = 0
    for part in parts {
      let (to, bytes) = (out.address + offset, part.count * part.type.size)
      try first.backend.call("concatenatedBatch") { table, device in
        table.copy(device, to, part.address, bytes)
      }
      offset += bytes
    }
    return out
  }
}
