public import Generation
internal import Tensors

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
}
