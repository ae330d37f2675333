import ArgumentParser
import FoundationEssentials
import Generation
import Logging
import Logs
import ServiceLifecycle
import UnixSignals
import Worker
import WorkerProtocol

/// `atelier-worker`: runs models for a server.
@main
struct AtelierWorker: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "atelier-worker", abstract: "Runs models for an Atelier server.", version: Version.current)

  @Option(help: "Where the server listens for workers, HOST:PORT.")
  var server: String?

  @Option(
    help: ArgumentHelp("File with the shared secret; - reads it from standard input.", valueName: "path"))
  var secretFile: String?

  @Option(
    help:
      "Folder searched for models, LoRAs, embeddings, autoencoders, hypernetworks and styles.csv (repeatable)."
  )
  var models: [String] = []

  @Option(help: "A file of styles (styles.csv) elsewhere, which need not be there yet (repeatable).")
  var styles: [String] = []

  @Option(help: "Kernel backend: auto, reference, cpu, a tier of it such as cpu:avx2, or cuda.")
  var backend = "auto"

  @Option(
    help:
      "full: float32 throughout; autocast: the fastest the device has; int8: products of integers; bfloat16: on a GPU."
  )
  var precision = "autocast"

  @Option(help: "Compute threads (default: one per physical core).")
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      """
      Jobs of one model and size whose steps may be made as one batch, 1 to 16: more pictures an hour on a GPU, \
      each a little later, and each the same as alone.
      """, valueName: "jobs"))
  var maxBatch = 1

  @Option(help: "Folder of the worker's own small files.")
  var data = "\(FileManager.default.homeDirectoryForCurrentUser.path)/.local/share/atelier/worker"

  @Option(help: ArgumentHelp("End after this long without a link.", valueName: "seconds"))
  var giveUpAfter: Int?

  @Flag(help: "Allow a server on another host: the link is clear text.")
  var insecureLink = false

  @Flag(help: "List the devices this worker can use, and end.")
  var listDevices = false

  func validate() throws {
    if listDevices { return }
    guard server != nil else { throw ValidationError("--server HOST:PORT is needed") }
    guard secretFile != nil else { throw ValidationError("--secret-file PATH is needed") }
    guard (1...16).contains(maxBatch) else {
      throw ValidationError("--max-batch must be 1 to 16; got \(maxBatch)")
    }
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1; got \(threads)") }
  }

  func run() async throws {
    if listDevices {
      for line in WorkerDevices.lines() { print(line) }
      return
    }
    LoggingSystem.bootstrap { LineLogHandler(label: $0, level: .info) }
    var configuration = WorkerConfiguration(
      server: try ServerAddress(parsing: server ?? ""), secret: try readSecret(), dataFolder: data)
    configuration.modelFolders = models
    configuration.styleFiles = styles
    configuration.backend = backend
    configuration.threads = threads
    configuration.precision = precision
    configuration.maxBatch = maxBatch
    configuration.allowsInsecureLink = insecureLink
    configuration.giveUpAfter = giveUpAfter
    let service = try await WorkerService(configuration)
    var services: [any Service] = [service]
    // A remote worker lives exactly as long as the connection that feeds its standard input.
    if secretFile == "-" { services.append(InputWatch()) }
    let group = ServiceGroup(
      configuration: .init(
        services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
        gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "lifecycle")))
    try await group.run()
  }

  private func readSecret() throws -> SharedSecret {
    guard let secretFile, secretFile != "-" else { return try SharedSecret(hex: InputWatch.firstLine()) }
    return try SharedSecret(file: secretFile)
  }
}
