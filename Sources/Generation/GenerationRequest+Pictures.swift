extension GenerationMode {
  /// Whether a request of this mode starts from a picture.
  public var needsPicture: Bool { self != .txt2img }
}

extension GenerationRequest {
  /// The source picture with what it grows by, in pixels; nil without one.
  public var canvasSize: (width: Int, height: Int)? {
    guard let source = initImageFile else { return nil }
    guard mode == .inpaint else { return (source.width, source.height) }
    return (
      source.width + (outpaintLeft ?? 0) + (outpaintRight ?? 0),
      source.height + (outpaintTop ?? 0) + (outpaintBottom ?? 0)
    )
  }

  /// Pixels of each finished picture.
  ///
  /// With `masked` the result is put back into the source, so it has the source's size.
  public var outputSize: (width: Int, height: Int) {
    if mode == .upscale, let source = initImageFile {
      func side(_ length: Int) -> Int { max(Int((Double(length) * (upscaleBy ?? 2)).rounded()), 1) }
      return (side(source.width), side(source.height))
    }
    if mode == .inpaint, inpaintArea == .masked, let canvas = canvasSize { return canvas }
    return hiresSize ?? (width, height)
  }

  /// Pixels after the second pass of hires fix, in whole latents as A1111 has it; nil without one.
  public var hiresSize: (width: Int, height: Int)? {
    guard let hiresScale, hiresScale > 1 else { return nil }
    func side(_ length: Int) -> Int { max(Int(Double(length) * hiresScale) / 8, 1) * 8 }
    return (side(width), side(height))
  }

  /// Steps of the second pass.
  public var hiresStepCount: Int { (hiresSteps ?? 0) > 0 ? hiresSteps ?? steps : steps }

  /// How much the second pass makes anew.
  public var effectiveHiresStrength: Double { hiresStrength ?? 0.7 }

  /// Whether the picture grows on some side.
  public var isOutpainting: Bool {
    [outpaintLeft, outpaintTop, outpaintRight, outpaintBottom].contains { ($0 ?? 0) > 0 }
  }

  /// The files a worker must be given with the request, each once.
  public var inputs: [PictureReference] {
    guard let source = initImageFile else { return [] }
    guard let mask = maskFile, mask.sha256 != source.sha256 else { return [source] }
    return [source, mask]
  }

  /// How much is made anew where a picture is the start.
  public var effectiveStrength: Double { strength ?? 0.75 }

  /// Steps that are run where the start is a picture: at least one.
  public var stepsFromPicture: Int { stepsFromPicture(strength: effectiveStrength) }

  private func stepsFromPicture(strength: Double) -> Int {
    min(max(Int(Double(steps) * strength), 1), max(steps, 1))
  }

  /// The strength of a loopback's last picture.
  public var effectiveLoopbackStrength: Double { loopbackStrength ?? 0.5 }

  /// Steps × pictures as a measure of work, in steps of the picture's own size.
  public var stepCount: Int {
    if mode == .upscale { return 1 }
    var count = Double(mode.needsPicture ? stepsFromPicture : steps)
    if loopback != nil {
      // The mean of all loops, near enough for any curve.
      count = (count + Double(stepsFromPicture(strength: effectiveLoopbackStrength))) / 2
    }
    if let large = hiresSize {
      let growth = Double(large.width) * Double(large.height) / max(Double(width) * Double(height), 1)
      count += Double(hiresStepCount) * growth
    }
    // Of a request that was never checked it may be any number.
    return Int(min(max(count.rounded(), 1) * Double(max(batchCount, 1)), 1e15))
  }

  /// What a worker must be able to do beside the request's own mode to understand all of it.
  ///
  /// Workers of before pictures could be a start would pass over `tiling` and hires fix in silence.
  public var neededModes: Set<GenerationMode> {
    tiling == true || hiresSize != nil ? [mode, .img2img] : [mode]
  }
}
