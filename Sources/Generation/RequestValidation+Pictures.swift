extension Limits {
  /// Checks what a request says about the pictures it starts from, and the size of what comes out.
  ///
  /// - Throws: `UserError` `missing_field`, `unused_field` or `out_of_range`, naming the first field at fault.
  func checkPictures(_ request: GenerationRequest) throws(UserError) {
    try checkPresence(request)
    if let strength = request.strength { try checkRange(strength, 0...1, .strength) }
    let ranges: [(Int?, Int, GenerationRequest.CodingKeys)] = [
      (request.maskBlur, maxMaskBlur, .maskBlur), (request.maskPadding, maxMaskPadding, .maskPadding),
      (request.outpaintLeft, maxOutpaint, .outpaintLeft), (request.outpaintTop, maxOutpaint, .outpaintTop),
      (request.outpaintRight, maxOutpaint, .outpaintRight),
      (request.outpaintBottom, maxOutpaint, .outpaintBottom),
    ]
    for (value, greatest, field) in ranges {
      if let value { try checkRange(value, 0...greatest, field) }
    }
    if let factor = request.upscaleBy { try checkRange(factor, 1...maxUpscale, .upscaleBy) }
    guard request.mode == .upscale || (request.upscaler == nil && request.upscaleBy == nil) else {
      throw Self.unused(request.upscaler == nil ? .upscaleBy : .upscaler, "it belongs to mode 'upscale'")
    }
    if let scale = request.hiresScale { try checkRange(scale, 1...maxHiresScale, .hiresScale) }
    if let steps = request.hiresSteps { try checkRange(steps, 0...maxSteps, .hiresSteps) }
    if let strength = request.hiresStrength { try checkRange(strength, 0...1, .hiresStrength) }
    if let prompt = request.hiresPrompt { try checkPrompt(prompt, .hiresPrompt) }
    if let prompt = request.hiresNegativePrompt { try checkPrompt(prompt, .hiresNegativePrompt) }
    guard request.hiresSize == nil || !request.mode.needsPicture else {
      throw Self.unused(.hiresScale, "hires fix is for pictures from prompts alone")
    }
    try checkLoopback(request)
    try checkOutput(request)
  }

  private func checkLoopback(_ request: GenerationRequest) throws(UserError) {
    if let strength = request.loopbackStrength { try checkRange(strength, 0...1, .loopbackStrength) }
    guard request.loopback != nil else { return }
    guard request.mode == .img2img || request.mode == .inpaint else {
      throw Self.unused(.loopback, "it is for pictures from a picture")
    }
    // In A1111 both are scripts and exclude each other; a mask for what has grown would be nobody's file.
    guard !request.isOutpainting else {
      throw Self.unused(.loopback, "a picture that grows has no second round")
    }
  }

  private func checkPresence(_ request: GenerationRequest) throws(UserError) {
    guard request.mode.needsPicture else {
      guard request.initImageFile == nil, request.maskFile == nil else {
        throw Self.unused(
          request.initImageFile == nil ? .mask : .initImage,
          "mode '\(request.mode.rawValue)' starts from none")
      }
      return
    }
    guard request.initImageFile != nil else {
      throw UserError(
        code: "missing_field",
        message: "init_image is missing; mode '\(request.mode.rawValue)' starts from a picture",
        field: GenerationRequest.CodingKeys.initImage.rawValue)
    }
    if request.mode == .inpaint {
      guard request.maskFile != nil || request.isOutpainting else {
        throw UserError(
          code: "missing_field",
          message: "mask is missing; mode 'inpaint' needs one, or pixels to grow by (outpaint_left …)",
          field: GenerationRequest.CodingKeys.mask.rawValue)
      }
    } else if request.maskFile != nil {
      throw Self.unused(.mask, "mode '\(request.mode.rawValue)' has no mask")
    }
  }

  private func checkOutput(_ request: GenerationRequest) throws(UserError) {
    let (width, height) = request.outputSize
    guard max(width, height) <= maxOutputSide, width * height <= maxOutputPixels else {
      throw UserError(
        code: "out_of_range",
        message: "a finished picture has sides of at most \(maxOutputSide) and \(maxOutputPixels) pixels; "
          + "this one would have \(width)x\(height)",
        field: GenerationRequest.CodingKeys.width.rawValue)
    }
  }

  private static func unused(_ field: GenerationRequest.CodingKeys, _ reason: String) -> UserError {
    UserError(
      code: "unused_field", message: "\(field.rawValue) has no effect: \(reason)", field: field.rawValue)
  }
}
