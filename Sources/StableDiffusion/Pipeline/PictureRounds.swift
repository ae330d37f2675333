public import Generation
public import Pictures

/// What each picture of a request is made from: all of them from the same, or with a loopback from the one before.
public struct PictureRounds: Sendable {
  /// What the next picture starts from.
  public private(set) var inputs: PictureInputs?
  private let request: GenerationRequest
  private var previous: PictureReference?

  /// Begins with the first picture.
  public init(_ request: GenerationRequest, _ inputs: PictureInputs?) {
    (self.request, self.inputs) = (request, inputs)
  }

  /// Whether a picture starts from the one before.
  public var isLoopback: Bool { request.loopback != nil }

  /// The request to make picture `index` of, and which of its pictures that is.
  public func picture(_ index: Int) -> (request: GenerationRequest, image: Int) {
    isLoopback ? (request.round(index, from: previous), 0) : (request, index)
  }

  /// The next picture of a loopback starts from this one.
  /// - Parameter sha256: Of its file.
  public mutating func made(_ picture: Picture, sha256: String) {
    guard isLoopback else { return }
    previous = PictureReference(sha256: sha256, width: picture.width, height: picture.height)
    inputs?.source = DecodedPicture(picture)
  }

  /// Model evaluations of the pictures after picture `index`, where they can differ from it.
  /// - Throws: `UserError` for what the model cannot do.
  public func evaluations(after index: Int, _ pipeline: Pipeline) throws(UserError) -> Int? {
    guard isLoopback else { return nil }
    var sum = 0
    for later in index + 1..<max(request.batchCount, index + 1) {
      sum += try PlannedPass.first(request.round(later, from: nil), pipeline).plan.evaluations.count
    }
    return sum
  }
}
