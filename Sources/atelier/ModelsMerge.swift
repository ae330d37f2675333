import ArgumentParser
import Checkpoints
import FoundationEssentials
import Generation

extension Models {
  /// `atelier models merge`.
  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Mixes checkpoints: A·(1−α) + B·α, or with a third one A + (B−C)·α.",
      discussion: "The recipe, with the sources' SHA-256, is written into the file's metadata.")

    @Argument(help: "A and B, and C to add the difference of B and C.")
    var inputs: [String]

    @Option(help: "α.")
    var alpha: Float = 0.5

    @Option(help: "The .safetensors file to write.")
    var output: String

    @Option(help: "A file whose autoencoder replaces A's.")
    var vae: String?

    @OptionGroup var options: WeightFile.Options

    func validate() throws {
      guard (2...3).contains(inputs.count) else { throw ValidationError("Expected two or three models.") }
      guard alpha.isFinite else { throw ValidationError("--alpha must be a finite number.") }
    }

    func run() throws {
      try Failure.reported {
        let files = try inputs.map(WeightFile.open)
        let autoencoder = try vae.map(WeightFile.open)
        for file in files + [autoencoder].compactMap({ $0 }) { try file.verify() }
        var merge = CheckpointMerge(alpha: alpha)
        merge.method = files.count == 3 ? .addDifference : .weightedSum
        merge.type = options.type
        let tensors = try merge.tensors(
          files[0], files[1], third: files.count == 3 ? files[2] : nil, vae: autoencoder)
        try WeightFile.write(
          tensors, metadata: ["format": "pt", "atelier_merge_recipe": try recipe(merge.method)],
          WeightFile.Target(path: output, force: options.force), type: options.shown)
      }
    }

    private struct Recipe: Encodable {
      struct Source: Encodable { let name, sha256: String }
      let method: String
      let alpha: Float
      let models: [Source]
      let vae: Source?
      let half: Bool
    }

    private func recipe(_ method: CheckpointMerge.Method) throws -> String {
      func source(_ path: String) throws -> Recipe.Source {
        let name = URL(filePath: path).lastPathComponent
        return Recipe.Source(name: name, sha256: try FileHash.sha256(of: [(path: path, label: name)]))
      }
      return try Models.json(
        Recipe(
          method: method.rawValue, alpha: alpha, models: inputs.map(source), vae: vae.map(source),
          half: options.half))
    }
  }
}
