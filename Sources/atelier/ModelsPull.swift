import ArgumentParser
import Checkpoints
import FoundationEssentials
import Generation
import ModelHub
import StableDiffusion

extension Models {
  /// `atelier models pull`.
  struct Pull: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Fetches a model: a repository of the hub, one file of it, or any address.",
      discussion: """
        OWNER/NAME fetches what a model in diffusers' layout needs, safetensors only; OWNER/NAME/FILE one file. \
        A download that stopped goes on when the command is run again. The token, --token or HF_TOKEN, goes to \
        the hub's own host and to no other.
        """)

    @Argument(help: "OWNER/NAME, OWNER/NAME/FILE, or an http(s) address.")
    var source: String

    @OptionGroup var place: Place

    @Option(help: "What the model is called here; its own name if not given.")
    var name: String?

    @Option(help: "A branch, tag or commit.")
    var revision = "main"

    @Flag(help: "Takes float16 weights where the repository has them.")
    var fp16 = false

    @Option(help: "The SHA-256 the file must have, 64 hexadecimal digits.")
    var sha256: String?

    @Option(help: "A token of the hub; HF_TOKEN in the environment if not given.")
    var token: String?

    @Option(help: "The hub; HF_ENDPOINT in the environment, else https://huggingface.co.")
    var endpoint: String?

    @Flag(help: "Replaces a model of that name.")
    var force = false

    @Flag(help: "No progress on standard error.")
    var quiet = false

    func run() throws {
      try Failure.reported {
        let environment = ProcessInfo.processInfo.environment
        let hub = try WebAddress(endpoint ?? Self.set(environment["HF_ENDPOINT"]) ?? "https://huggingface.co")
        let source = try HubSource(source, endpoint: hub, revision: revision)
        var session = HubSession(isInterrupted: Interruption.watch())
        // A token that is given for an address is for that address; one of the environment is the hub's.
        if let token {
          if case .address(let address) = source {
            try session.authorize(token, for: address)
          } else {
            try session.authorize(token, for: hub)
          }
        } else if let token = Self.set(environment["HF_TOKEN"]) {
          try session.authorize(token, for: hub)
        }
        var pull = ModelPull(endpoint: hub, folder: place.folder, session: session)
        (pull.name, pull.prefersHalf, pull.replaces, pull.sha256) = (name, fp16, force, sha256)
        let progress = TransferLine(isQuiet: quiet)
        defer { progress.end() }
        let path = try pull.run(source) { progress.show($0, done: $1, total: $2) }
        progress.end()
        try report(path)
      }
    }

    /// Says what it is; what is no whole model (a LoRA, a VAE) is fine too.
    private func report(_ path: String) throws {
      let description = try? ModelLibrary.open(path: path).describe()
      if place.json {
        Console.output(try Models.json(["path": path, "family": description?.family ?? ""]))
      } else {
        Console.output(
          path + (description.map { "\t\($0.family)\t\($0.precision)\t\($0.bytes >> 20) MB" } ?? ""))
      }
    }

    private static func set(_ value: String?) -> String? { value.flatMap { $0.isEmpty ? nil : $0 } }
  }

  /// `atelier models get-vocabulary`.
  struct GetVocabulary: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "get-vocabulary",
      abstract: "Fetches CLIP's vocabulary, which single-file models need and do not have.",
      discussion:
        "It comes from the Python package open_clip_torch and goes to the models' folder, where single files find it."
    )

    @OptionGroup var place: Place

    @Option(help: "A Python package index with the JSON interface.")
    var index = "https://pypi.org/pypi"

    func run() throws {
      try Failure.reported {
        let session = HubSession(isInterrupted: Interruption.watch())
        let path = try VocabularyFetch(index: WebAddress(index), session: session).run(models: place.folder)
        Console.output(place.json ? try Models.json(["path": path]) : path)
      }
    }
  }
}
