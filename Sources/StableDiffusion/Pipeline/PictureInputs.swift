public import Pictures

/// The pictures a request starts from, decoded.
public struct PictureInputs: Sendable {
  /// What `init_image` names.
  public var source: DecodedPicture
  /// What `mask` names; nil without one.
  public var mask: DecodedPicture?

  /// Makes inputs.
  public init(source: DecodedPicture, mask: DecodedPicture? = nil) {
    self.source = source
    self.mask = mask
  }
}
