public import Generation
public import Tensors

extension Pipeline {
  /// Frees everything that can be made again.
  func giveMemoryBack() {
    networks.giveMemoryBack()
    decoder.forgetRecordings()
    (otherDecoder, loadedEncoder) = (nil, nil)
    decoder.backend.releaseCachedMemory()
    backend.releaseCachedMemory()
  }

  /// Whether a picture of this size can be made now, found by making one step of it and decoding.
  ///
  /// `like` gives the settings; `evaluated` is called after each part of the trial. Throws what is wrong besides
  /// memory.
  public func fits(
    width: Int, height: Int, like request: GenerationRequest, evaluated: () -> Void
  ) throws -> Bool {
    var trial = GenerationRequest(
      prompt: "", model: request.model, sampler: "euler", steps: 1, guidanceScale: request.guidanceScale,
      width: width, height: height, seed: 0)
    trial.tiling = request.tiling
    do {
      var denoising = try begin(trial, image: 0)
      while try denoising.step() { evaluated() }
      _ = try denoising.finish()
      evaluated()
      return true
    } catch TensorError.outOfMemory {
      giveMemoryBack()
      return false
    } catch let error as UserError where error.code == "nan" {
      return true
    }
  }

  /// The largest size of about the same proportions that can be made, found by trying; nil where none was found, and on
  /// a processor, which would take minutes to try.
  /// - Parameter tried: Called after each part of a trial, and with a size when it is known whether it fits.
  /// - Throws: Where not even the model fits.
  public func largestFit(
    like request: GenerationRequest, tried: ((width: Int, height: Int, fits: Bool)?) -> Void
  ) throws -> (width: Int, height: Int)? {
    guard backend.vitals != nil else { return nil }
    isSparing = true
    defer { isSparing = false }
    let unit = 8 * latentScale
    var (width, height) = request.outputSize
    while !Task.isCancelled {
      (width, height) = (width * 4 / 5 / unit * unit, height * 4 / 5 / unit * unit)
      guard min(width, height) > 0 else { return nil }
      let fits = try fits(width: width, height: height, like: request) { tried(nil) }
      tried((width, height, fits))
      if fits { return (width, height) }
    }
    return nil
  }
}

extension UserError {
  /// What is told where a request did not fit in any way.
  /// - Parameters:
  ///   - size: One that does fit; nil where none is known.
  ///   - isModel: Whether not even the model fits.
  public init(
    noRoomFor request: GenerationRequest, on backend: Backend, fitting size: (width: Int, height: Int)?,
    isModel: Bool = false
  ) {
    let memory = backend.vitals.map { " of \($0.memoryTotal >> 20) MiB" } ?? ""
    let (width, height) = request.outputSize
    let advice = size.map { "; \($0.width)×\($0.height) does" } ?? "; try a smaller size"
    self.init(
      code: "oom",
      message: isModel
        ? "the model does not fit into the device's memory\(memory)"
        : "\(width)×\(height) does not fit into the device's memory\(memory)\(advice)",
      field: isModel ? "model" : "width")
  }
}
