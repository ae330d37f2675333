import ArgumentParser
import Tensors

/// Where pictures go and what is said about them.
struct OutputOptions: ParsableArguments {
  @Option(help: "Where pictures go: DIR/samples/00000.png and DIR/grid-0000.png.")
  var outdir = "outputs/txt2img-samples"

  @Option(name: .customLong("output"), help: "Writes the one picture to this file instead, replacing it.")
  var file: String?

  @Flag(name: [.customLong("skip_grid"), .customLong("skip-grid")], help: "No grid of all pictures.")
  var skipGrid = false

  @Flag(name: [.customLong("skip_save"), .customLong("skip-save")], help: "No single pictures.")
  var skipSave = false

  @Option(help: "A text of 6 to 32 characters hidden in the pictures; 'atelier watermark decode' finds it.")
  var watermark: String?

  @Flag(
    name: .customLong("safety-checker"), inversion: .prefixedNo,
    help: "Let the model's safety checker, if it has one, make pictures black.")
  var safetyChecker = true

  @Flag(help: "The last line on standard output is a JSON object about the run.")
  var json = false

  @Flag(help: "No progress on standard error.")
  var quiet = false
}

/// The device, and CompVis' options that the model itself answers.
struct EngineOptions: ParsableArguments {
  @Option(help: "Where to compute: reference, cpu, a tier of it such as cpu:avx2, cuda or auto.")
  var backend = "auto"

  @Option(help: "Threads on the processor; one a core if not given.")
  var threads: Int?

  @Option(
    help:
      "full: float32 throughout; autocast (default): the fastest the device has; int8: products of integers; bfloat16: on a GPU.",
    transform: Precision.named)
  var precision = Precision.autocast

  @Option(name: .customLong("C"), help: "Latent channels; must be the model's.")
  var channels: Int?

  @Option(name: .customLong("f"), help: "Pixels a latent; must be the model's.")
  var factor: Int?

  @Option(help: ArgumentHelp("Not needed: sizes come from the model.", visibility: .hidden))
  var config: String?

  @Flag(
    name: .customLong("laion400m"),
    help: ArgumentHelp("Not needed: the model is named by --ckpt.", visibility: .hidden))
  var laion400m = false

  /// Opens the device.
  /// - Throws: `TensorError` for one that is not there.
  func open() throws -> Backend { try Backend.named(backend, threads: threads, precision: precision) }
}
