public import Generation
public import Pictures
public import Tensors

/// Makes the pictures of one request on a loaded model, and goes on where a device's limits are met.
///
/// What does not fit is tried once more in less memory, a picture of numbers that are not finite once more in a wider
/// type, which then makes the rest of the request too.
///
/// Belongs to its pipeline's thread.
public final class PictureMaking {
  /// What is asked of whoever owns the device.
  public struct Device {
    /// Frees what the request does not need.
    public var makeRoom: () -> Void
    /// The model in a wider type; nil where there is none.
    public var wider: () throws -> Pipeline?
    /// Answers what the UNet is asked.
    public var perform: nonisolated(nonsending) ([UNetCall]) async throws -> [Tensor] = { calls in
      try calls.map { try $0.perform() }
    }
    /// Waits until no other picture is made on the device.
    public var waitUntilAlone: nonisolated(nonsending) () async throws -> Void = {}

    /// A device with nobody else on it.
    public init(makeRoom: @escaping () -> Void, wider: @escaping () throws -> Pipeline?) {
      (self.makeRoom, self.wider) = (makeRoom, wider)
    }
  }

  /// What happens while a picture is made.
  public enum Moment {
    /// It was begun: prompts are encoded, noise is drawn.
    case begun(seconds: Double)
    /// One more model evaluation was made.
    case evaluated(seconds: Double)
    /// The last one was made; what follows are pixels.
    case decoding
  }

  /// A picture with what its texts say.
  public struct Made {
    /// The picture, checked and marked.
    public var pixels: Picture
    /// The request that makes it alone.
    public var request: GenerationRequest
    /// Which of that request's pictures it is.
    public var image: Int
    /// The files it was made with beside the model.
    public var extras: [UsedExtra]
    /// What the model's safety checker made of it; nil where there is none.
    public var safety: SafetyVerdict?
    /// Of decoding, checking and marking it.
    public var seconds: Double
  }

  /// What each picture is made from.
  public private(set) var rounds: PictureRounds
  /// The model, from a failure on in a wider type.
  public private(set) var pipeline: Pipeline
  private var source: PreparedSource?
  private let device: Device

  /// Begins a request; `inputs` are the pictures it starts from.
  public init(_ request: GenerationRequest, _ inputs: PictureInputs?, on pipeline: Pipeline, device: Device) {
    rounds = PictureRounds(request, inputs)
    (self.pipeline, self.device) = (pipeline, device)
  }

  /// The next picture of a loopback starts from this one; `sha256` is its file's.
  public func made(_ picture: Picture, sha256: String) { rounds.made(picture, sha256: sha256) }

  /// Makes a picture.
  /// - Parameter watch: Called at each moment, also of a second try, with how far it is; what it throws ends the picture.
  /// - Throws: `UserError`, `CheckpointError`, `TensorError`, `CancellationError`.
  public nonisolated(nonsending) func picture(
    _ index: Int, watch: (Moment, Denoising) throws -> Void
  ) async throws -> Made {
    do { return try await make(index, watch) } catch let error as UserError where error.code == "nan" {
      try await device.waitUntilAlone()
      guard let wider = try device.wider() else { throw error }
      // What was prepared lies in the other type.
      (pipeline, source) = (wider, nil)
      return try await make(index, watch)
    }
  }

  private nonisolated(nonsending) func make(
    _ index: Int, _ watch: (Moment, Denoising) throws -> Void
  ) async throws -> Made {
    let (request, image) = rounds.picture(index)
    var mark = ContinuousClock.now
    func lap() -> Double {
      let now = ContinuousClock.now
      defer { mark = now }
      return (now - mark) / .seconds(1)
    }
    if source == nil || rounds.isLoopback {
      source = try await fitting { try pipeline.prepare(request, rounds.inputs) }
    }
    var denoising = try await fitting { try pipeline.begin(request, image: image, from: source) }
    try watch(.begun(seconds: lap()), denoising)
    while try await step(&denoising) { try watch(.evaluated(seconds: lap()), denoising) }
    try watch(.decoding, denoising)
    _ = lap()
    let finished = try await fitting { try denoising.finish() }
    let (picture, verdict) = try await fitting { try pipeline.checked(finished, for: request) }
    return Made(
      pixels: try picture.watermarked(as: request), request: request, image: image, extras: denoising.extras,
      safety: verdict, seconds: lap())
  }

  private nonisolated(nonsending) func step(_ denoising: inout Denoising) async throws -> Bool {
    // A step that did not fit has drawn noise already.
    let before = denoising
    do { return try await tryStep(&denoising) } catch TensorError.outOfMemory where !pipeline.isSparing {
      denoising = before
      try await spare()
      return try await tryStep(&denoising)
    }
  }

  private nonisolated(nonsending) func tryStep(_ denoising: inout Denoising) async throws -> Bool {
    try Task.checkCancellation()
    guard let calls = try denoising.ask() else { return false }
    if !calls.isEmpty { try denoising.advance(try await device.perform(calls)) }
    return true
  }

  /// The value of `body`, which is tried once more in as little memory as can be.
  private nonisolated(nonsending) func fitting<Value>(_ body: () throws -> Value) async throws -> Value {
    do { return try body() } catch TensorError.outOfMemory where !pipeline.isSparing {
      try await spare()
      return try body()
    }
  }

  private nonisolated(nonsending) func spare() async throws {
    try await device.waitUntilAlone()
    device.makeRoom()
    pipeline.isSparing = true
  }
}
