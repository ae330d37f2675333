import ArgumentParser
import Checkpoints
import Generation
import StableDiffusion
import Tensors

/// Times whole pictures, phase by phase.
struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "Times whole pictures: load, text, steps, decoding.")

  @OptionGroup var options: BackendOptions

  @Option(help: ArgumentHelp("A diffusers folder.", valueName: "path"))
  var model: String

  @Option(help: "The picture's height and width.")
  var size = 128

  @Option(help: "Denoising steps.")
  var steps = 20

  @Option(help: "How many pictures; the report gives the middle one.")
  var pictures = 3

  @Option(help: "What the picture shows.")
  var prompt = "a red circle on a blue background"

  @Option(help: "A sampler's name.")
  var sampler = "Euler a"

  func validate() throws {
    guard (8...4096).contains(size), (1...1000).contains(steps), (1...1000).contains(pictures) else {
      throw ValidationError("expected a size of 8 to 4096, 1 to 1000 steps, 1 to 1000 pictures")
    }
  }

  func run() throws {
    let backend = try options.open()
    let clock = ContinuousClock()
    let start = clock.now
    let pipeline = try Pipeline(folder: ModelFolder(path: model), backend: backend)
    let load = (clock.now - start) / .seconds(1)
    let request = GenerationRequest(
      prompt: prompt, model: pipeline.description.name, sampler: sampler, steps: steps, guidanceScale: 7.5,
      width: size, height: size, batchCount: pictures, seed: 1)
    let runs = try (0..<pictures).map { try ImageTiming(pipeline, request, index: $0) }
    let report = ImageReport(
      backend: backend.name, device: backend.deviceName, threads: backend.threads, size: size, steps: steps,
      load: load, runs: runs)
    try report.show(json: options.json)
  }
}
