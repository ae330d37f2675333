public import ArgumentParser
public import Generation

/// The flags of every command that makes pictures from prompts.
struct GenerationOptions: ParsableArguments {
  @Option(
    name: [.customLong("model"), .customLong("ckpt")],
    help: "A model: a folder in diffusers' layout, or a .safetensors or .ckpt file.")
  var model: String

  @Option(parsing: .unconditional, help: "What the picture should show.")
  var prompt: String?

  @Option(
    name: .spelled("negative-prompt"), parsing: .unconditional,
    help: "What it should not show.")
  var negativePrompt = ""

  @Option(
    name: .spelled("from-file"),
    help: """
      A text file with one prompt a line, or with flags in A1111's way (--prompt "a cat" --steps 30 --seed 5), instead \
      of --prompt.
      """)
  var fromFile: String?

  @Option(name: [.customLong("steps"), .customLong("ddim_steps")], help: "Inference steps, 1 to 150.")
  var steps: Int?

  @Option(
    name: .spelled("scale", "guidance-scale"),
    parsing: .unconditional,
    help: "Weight of classifier-free guidance; 1 switches it off.")
  var scale: Double?

  @Option(parsing: .unconditional, help: "Seed of the first picture, 0 to 2^53 - 1; -1 or none: random.")
  var seed: Int64?

  @Option(name: [.customLong("W"), .customLong("width")], help: "Width in pixels, a multiple of 8.")
  var width: Int?

  @Option(name: [.customLong("H"), .customLong("height")], help: "Height in pixels, a multiple of 8.")
  var height: Int?

  @Option(help: "A sampler, for example 'DPM++ 2M', 'Euler a', DDIM.")
  var sampler: String?

  @Option(help: "A schedule, for example automatic, karras, exponential, sgm_uniform, trailing.")
  var schedule: String?

  @Flag(help: "The PLMS sampler, as --sampler PLMS.")
  var plms = false

  @Option(
    name: [.customLong("eta"), .customLong("ddim_eta")],
    help: "Noise added by DDIM (0) and by ancestral and SDE samplers (1), 0 to 1.")
  var eta: Double?

  @Option(
    name: .spelled("clip-skip"),
    help: "Which hidden state of the text encoder is used, counted from the last, 1.")
  var clipSkip: Int?

  @Option(help: "What brackets in prompts do: original, no_norm, ignore or none.")
  var emphasis: EmphasisMode?

  @Option(
    name: [
      .customLong("n_samples"), .customLong("n-samples"), .customLong("batch-count"),
      .customLong("batch_count"),
    ], help: "Pictures of each prompt and round.")
  var samples = 1

  @Option(name: [.customLong("n_iter"), .customLong("n-iter")], help: "Rounds.")
  var rounds = 1

  @Option(
    name: [.customLong("n_rows"), .customLong("n-rows")], help: "Pictures in a row of the grid; 0: n_samples."
  )
  var columns = 0

  @OptionGroup var extras: ExtraOptions
  @OptionGroup var noise: NoiseOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var engine: EngineOptions

  @Flag(
    name: [.customLong("fixed_code"), .customLong("fixed-code")],
    help: "Every round starts from the same noise: all use the first round's seeds.")
  var fixedCode = false

  @Flag(help: "Opposite edges meet, so that copies side by side make a pattern.")
  var tiling = false

  func validate() throws {
    guard (prompt == nil) != (fromFile == nil) else {
      throw ValidationError("Expected either --prompt or --from-file.")
    }
    guard (1...10_000).contains(samples), (1...10_000).contains(rounds), columns >= 0 else {
      throw ValidationError("--n_samples and --n_iter must be between 1 and 10000, --n_rows at least 0.")
    }
    if plms, let sampler, NameLookup.folded(sampler) != "plms" {
      throw ValidationError("--plms and --sampler \(sampler) name two samplers.")
    }
    guard output.file == nil || (samples * rounds == 1 && fromFile == nil) else {
      throw ValidationError("--output names one file; use --outdir for several pictures.")
    }
  }
}

extension EmphasisMode: ExpressibleByArgument {
  /// Takes the web UI's names too.
  public init?(argument: String) {
    guard let mode = EmphasisMode.named(argument) else { return nil }
    self = mode
  }
}
