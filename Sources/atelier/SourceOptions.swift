public import ArgumentParser
public import Generation

/// Flags of commands that start from a picture.
struct SourceOptions: ParsableArguments {
  @Option(
    name: .spelled("init-img", "init-image"),
    help: "The picture to start from: PNG, JPEG or WebP.")
  var picture: String?

  @Option(help: "How much is made anew, 0 to 1: the share of the steps that are run (0.75).")
  var strength: Double?

  @Option(
    name: .spelled("resize-mode"),
    help: "How the picture comes to the size: resize, crop, fill or latent.")
  var resizeMode: ResizeMode?

  @Option(
    help: """
      Each picture but the first starts from the one before, --n_iter of them; the strength follows a curve: linear, \
      aggressive or lazy.
      """)
  var loopback: LoopbackCurve?

  @Option(
    name: .spelled("loopback-strength"),
    help: "The last picture's strength, 0 to 1 (0.5).")
  var loopbackStrength: Double?

  /// A command that cannot do without a picture checks that it is given one.
  func require() throws {
    guard picture == nil else { return }
    throw ValidationError("Missing expected argument '--init-img <init-img>'.")
  }

  /// Puts the flags into a request.
  func apply(to request: inout GenerationRequest) {
    request.strength = strength
    request.resizeMode = resizeMode
    (request.loopback, request.loopbackStrength) = (loopback, loopbackStrength)
  }
}

/// Flags of commands that change parts of a picture.
struct MaskOptions: ParsableArguments {
  @Option(help: "The picture that is white where something is to change, or opaque there.")
  var mask: String?

  @Option(
    name: .spelled("mask-blur"),
    help: "Deviation in pixels by which the mask is blurred, 0 to 64 (4).")
  var maskBlur: Int?

  @Flag(
    name: .spelled("mask-invert"),
    help: "What the mask leaves out is made anew instead.")
  var maskInvert = false

  @Option(
    name: .spelled("inpaint-fill"),
    help: "What stands under the mask at first: fill, original (default), latent_noise or latent_nothing.")
  var inpaintFill: InpaintFill?

  @Option(
    name: .spelled("inpaint-area"),
    help: "What the model is given: whole (default), or masked, the part around the mask enlarged.")
  var inpaintArea: InpaintArea?

  @Option(
    name: .spelled("mask-padding"),
    help: "Pixels around the mask that the model is given with masked, 0 to 256 (32).")
  var maskPadding: Int?

  @Option(
    name: .spelled("outpaint-left"),
    help: "Pixels the picture grows by on the left.")
  var outpaintLeft: Int?

  @Option(
    name: .spelled("outpaint-top"),
    help: "Pixels the picture grows by at the top.")
  var outpaintTop: Int?

  @Option(
    name: .spelled("outpaint-right"),
    help: "Pixels the picture grows by on the right.")
  var outpaintRight: Int?

  @Option(
    name: .spelled("outpaint-bottom"),
    help: "Pixels the picture grows by at the bottom.")
  var outpaintBottom: Int?

  /// Whether parts of a picture are to change, or it is to grow.
  var isGiven: Bool {
    mask != nil || [outpaintLeft, outpaintTop, outpaintRight, outpaintBottom].contains { ($0 ?? 0) > 0 }
  }

  /// Puts the flags into a request.
  func apply(to request: inout GenerationRequest) {
    (request.maskBlur, request.maskInvert) = (maskBlur, maskInvert ? true : nil)
    (request.inpaintFill, request.inpaintArea) = (inpaintFill, inpaintArea)
    request.maskPadding = maskPadding
    (request.outpaintLeft, request.outpaintTop) = (outpaintLeft, outpaintTop)
    (request.outpaintRight, request.outpaintBottom) = (outpaintRight, outpaintBottom)
  }
}

extension LoopbackCurve: ExpressibleByArgument {}
extension ResizeMode: ExpressibleByArgument {}
extension InpaintFill: ExpressibleByArgument {}
extension InpaintArea: ExpressibleByArgument {}
