import ArgumentParser
import Checkpoints

extension Models {
  /// `atelier models convert`.
  struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes a .ckpt, .pt or .safetensors file as safetensors.",
      discussion:
        "Pickles are read by an interpreter of our own that executes nothing; every checksum is compared.")

    @Argument(help: "A .ckpt, .pt or .safetensors file.")
    var input: String

    @Argument(help: "The .safetensors file to write.")
    var output: String

    @OptionGroup var options: WeightFile.Options

    func run() throws {
      try Failure.reported {
        let file = try WeightFile.open(input)
        try file.verify()
        var conversion = CheckpointConversion()
        conversion.type = options.type
        try WeightFile.write(
          conversion.tensors(of: file), metadata: CheckpointConversion.metadata(of: file),
          WeightFile.Target(path: output, force: options.force), type: options.shown)
      }
    }
  }

  /// `atelier models prune`.
  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes a checkpoint without what only training needs: averages, optimiser, counters.")

    @Argument(help: "A .ckpt or .safetensors file.")
    var input: String

    @Argument(help: "The .safetensors file to write.")
    var output: String

    @Flag(help: "The averaged weights become the UNet's.")
    var ema = false

    @OptionGroup var options: WeightFile.Options

    func run() throws {
      try Failure.reported {
        let file = try WeightFile.open(input)
        try file.verify()
        var conversion = CheckpointConversion()
        (conversion.type, conversion.prunes, conversion.usesAverage) = (options.type, true, ema)
        try WeightFile.write(
          conversion.tensors(of: file), metadata: CheckpointConversion.metadata(of: file),
          WeightFile.Target(path: output, force: options.force), type: options.shown)
      }
    }
  }
}
