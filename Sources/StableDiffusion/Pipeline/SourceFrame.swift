public import Generation
public import Pictures

/// What a request makes of its source picture before any model sees it: sizes, mask, and where results go.
public struct SourceFrame: Equatable, Sendable {
  /// What the autoencoder is given: width × height of the request, or with `latent` the source's own size.
  public let picture: Picture
  /// What is to change, at the request's width × height; nil where all of it is.
  public let mask: Mask?
  /// What finished pictures are put into, and where; nil where they are the result as they are.
  let canvas: Canvas?

  /// The picture that keeps everything outside the mask.
  struct Canvas: Equatable, Sendable {
    let picture: Picture
    let mask: Mask
    /// The part that was given to the model; nil for all of it.
    let box: PixelBox?
  }

  /// Follows a request.
  /// - Throws: `UserError` `missing_field` for an inpainting request without mask.
  public init(_ request: GenerationRequest, _ inputs: PictureInputs) throws(UserError) {
    let source = inputs.source.picture
    let fit = (request.resizeMode ?? .resize).fit
    let size = (width: request.width, height: request.height)
    guard request.mode == .inpaint else {
      picture =
        request.resizeMode == .latent ? source : source.fitted(width: size.width, height: size.height, fit)
      (mask, canvas) = (nil, nil)
      return
    }
    let (whole, change) = try Self.prepared(request, source, inputs.mask)
    let fill = request.inpaintFill ?? .original
    if request.inpaintArea == .masked {
      guard let bounds = change.bounds else {
        // As A1111 does where nothing is masked: the whole picture is made anew.
        picture = whole.fitted(width: size.width, height: size.height, fit)
        mask = nil
        canvas = Canvas(
          picture: whole, mask: Mask(width: whole.width, height: whole.height, filledWith: 255), box: nil)
        return
      }
      let box = bounds.expanded(
        by: request.maskPadding ?? 32, toShape: size.width, size.height, within: (whole.width, whole.height))
      let part = whole.cropped(box).resized(width: size.width, height: size.height)
      let partMask = change.cropped(box).resized(width: size.width, height: size.height)
      picture = fill == .original ? part : part.filled(where: partMask)
      mask = partMask
      canvas = Canvas(picture: whole, mask: change, box: box)
      return
    }
    let fitted = whole.fitted(width: size.width, height: size.height, fit)
    let fittedMask = change.fitted(width: size.width, height: size.height, fit)
    picture = fill == .original ? fitted : fitted.filled(where: fittedMask)
    mask = fittedMask
    canvas = Canvas(picture: fitted, mask: fittedMask, box: nil)
  }

  /// The source with what it grows by, and the mask over all of it, inverted and blurred as asked.
  ///
  /// As in A1111, a mask of a size of its own comes to the request's size by itself, in the same way as the picture: so a
  /// loopback's later rounds, whose source has that size already, have the first one's mask.
  private static func prepared(
    _ request: GenerationRequest, _ source: Picture, _ given: DecodedPicture?
  ) throws(UserError) -> (Picture, Mask) {
    guard given != nil || request.isOutpainting else {
      throw UserError(code: "missing_field", message: "mask is missing", field: "mask")
    }
    var mask = given?.mask ?? Mask(width: source.width, height: source.height, filledWith: 0)
    if request.isOutpainting || request.inpaintArea == .masked {
      mask = mask.resized(width: source.width, height: source.height)
    }
    if given != nil, request.maskInvert == true { mask = mask.inverted }
    let (left, top) = (request.outpaintLeft ?? 0, request.outpaintTop ?? 0)
    let (right, bottom) = (request.outpaintRight ?? 0, request.outpaintBottom ?? 0)
    guard request.isOutpainting else {
      return (source, mask.blurred(sigma: Double(request.maskBlur ?? 4)))
    }
    let whole = source.extended(left: left, top: top, right: right, bottom: bottom)
    var grown = Mask(width: whole.width, height: whole.height, filledWith: 255)
    for y in 0..<source.height {
      let (to, from) = ((y + top) * whole.width + left, y * source.width)
      grown.values.replaceSubrange(to..<to + source.width, with: mask.values[from..<from + source.width])
    }
    return (whole, grown.blurred(sigma: Double(request.maskBlur ?? 4)))
  }

  /// A result in its place: outside the mask the bytes are the canvas' own.
  func finished(_ result: Picture) -> Picture {
    guard let canvas else { return result }
    guard let box = canvas.box else {
      let sized = result.resized(width: canvas.picture.width, height: canvas.picture.height)
      return canvas.picture.covered(by: sized, where: canvas.mask)
    }
    let part = result.resized(width: box.width, height: box.height)
    return canvas.picture.covered(by: canvas.picture.replacing(box, with: part), where: canvas.maskInBox)
  }

  /// The mask's share of each latent: 1 where it is to change, 0 where not.
  /// - Parameter scale: Pixels a latent, along a side.
  func latentMask(scale: Int) -> [Float]? {
    guard let mask else { return nil }
    let small = mask.resized(width: mask.width / scale, height: mask.height / scale, .box)
    return small.values.map { $0 > 127 ? 1 : 0 }
  }
}

extension SourceFrame.Canvas {
  /// The mask, blank outside the box: a blurred edge may reach beyond what was given to the model.
  fileprivate var maskInBox: Mask {
    guard let box else { return mask }
    var result = Mask(width: mask.width, height: mask.height, filledWith: 0)
    for y in box.top..<box.bottom {
      let row = y * mask.width
      result.values.replaceSubrange(
        row + box.left..<row + box.right, with: mask.values[row + box.left..<row + box.right])
    }
    return result
  }
}

extension ResizeMode {
  /// How pixels are brought to the size.
  fileprivate var fit: PictureFit {
    switch self {
    case .resize, .latent: .stretch
    case .crop: .crop
    case .fill: .fill
    }
  }
}
