public import Generation
public import Pictures

extension Pipeline {
  /// Whether a picture of a request may be made black when it is finished: until then nothing of it is to be shown.
  public func mayHide(_ request: GenerationRequest) -> Bool {
    hasSafetyChecker && request.safetyChecker != false
  }

  /// A finished picture as it may be shown: black where the model's safety checker finds what is not to be.
  ///
  /// The checker is read when the first picture is finished.
  /// - Returns: The verdict too; nil where the model has no checker.
  /// - Throws: `CheckpointError`, `TensorError`.
  public func checked(
    _ picture: Picture, for request: GenerationRequest
  ) throws -> (picture: Picture, verdict: SafetyVerdict?) {
    guard hasSafetyChecker else { return (picture, nil) }
    if request.safetyChecker == false { return (picture, .off) }
    guard let checker = try safetyChecker() else { return (picture, nil) }
    guard try checker.flags(checker.scores(picture)) else { return (picture, .passed) }
    let black = [UInt8](repeating: 0, count: picture.rgb.count)
    return (Picture(width: picture.width, height: picture.height, rgb: black), .flagged)
  }

  private func safetyChecker() throws -> SafetyChecker? {
    if let loadedSafetyChecker { return loadedSafetyChecker }
    let checker = try SafetyChecker(model, backend: backend)
    loadedSafetyChecker = checker
    return checker
  }
}
