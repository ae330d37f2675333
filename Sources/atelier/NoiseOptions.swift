import ArgumentParser
import Generation

/// Flags for where noise comes from and what is added to it.
struct NoiseOptions: ParsableArguments {
  @Option(
    name: .spelled("noise-source", "rng"),
    help: "Noise of PyTorch's generator for the CPU or NVIDIA devices: cpu or nv.")
  var source: String?

  @Option(
    name: .spelled("variation-seed", "subseed"),
    parsing: .unconditional,
    help: "A second seed whose noise the first noise goes towards; -1 or none: random.")
  var variationSeed: Int64?

  @Option(
    name: .spelled("variation-strength", "subseed-strength"),
    help: "How far it goes, 0 to 1; pictures then differ by the variation seed.")
  var variationStrength: Double?

  @Option(
    name: .spelled("ensd", "seed-delta"),
    parsing: .unconditional,
    help: "Added to the seed for the fresh noise of ancestral samplers.")
  var seedDelta: Int64?

  @Option(
    name: .spelled("s-churn", "sigma-churn"),
    help: "Noise added before steps of Euler, Heun and DPM2.")
  var churn: Double?

  @Option(
    name: .spelled("s-tmin", "sigma-tmin"),
    help: "The lowest noise level where it is added.")
  var minimum: Double?

  @Option(
    name: .spelled("s-tmax", "sigma-tmax"),
    help: "The highest noise level where it is added.")
  var maximum: Double?

  @Option(
    name: .spelled("s-noise", "sigma-noise"),
    help: "Factor of fresh noise, 1.")
  var noise: Double?

  func validate() throws {
    guard let source, NoiseKind(rawValue: source.lowercased()) == nil else { return }
    throw ValidationError("--noise-source must be cpu or nv; got '\(source)'.")
  }

  /// Puts the flags into a request.
  func apply(to request: inout GenerationRequest, randomSeed: Int64) {
    request.noiseSource = source.flatMap { NoiseKind(rawValue: $0.lowercased()) }
    request.variationStrength = variationStrength
    if let variationStrength, variationStrength != 0 {
      request.variationSeed = variationSeed.flatMap { $0 == -1 ? nil : $0 } ?? randomSeed
    }
    request.seedDelta = seedDelta
    (request.sigmaChurn, request.sigmaNoise) = (churn, noise)
    (request.sigmaMinimum, request.sigmaMaximum) = (minimum, maximum)
  }
}
