public import ArgumentParser
import Foundation
import Generation
import JobQueue
public import Server
import Sockets

/// What a server is told on its command line; `check` takes the same.
struct ServerOptions: ParsableArguments {
  @Option(help: "Folder for jobs, pictures and secrets (default: $XDG_DATA_HOME/atelier).")
  var data: String?

  @Option(help: "Address to listen on; others than loopback need --access open or accounts.")
  var listen = "127.0.0.1"

  @Option(help: "Port of the page; 0 takes a free one.")
  var port: UInt16 = 3000

  @Option(
    help: "single: one local user; open: each browser its own private user; accounts: people with passwords.")
  var access = AccessMode.single

  @Option(name: .customLong("host-name"), help: "A name people use for this host (repeatable).")
  var hostNames: [String] = []

  @Option(
    name: .customLong("trust-proxy"),
    help: "Address of a proxy whose X-Forwarded-For and -Proto count (repeatable).")
  var trustedProxies: [String] = []

  @Option(name: .customLong("public"), help: "Folder with the page (default: found beside the program).")
  var publicFolder: String?

  @Option(help: "Port for workers; 0 takes a free one.")
  var workerPort: UInt16 = 3001

  @Option(help: "Address for workers, loopback only.")
  var workerListen = "127.0.0.1"

  @Option(help: "Write the worker port to this file once the server listens.")
  var workerPortFile: String?

  @Option(help: "Who is next: round-robin between users, or fifo over all.")
  var fairness = ServerConfiguration.Fairness.roundRobin

  @Option(help: "Forget pictures, uploads and empty jobs older than this, favourites excepted (0: never).")
  var retainDays = 0

  @Option(help: "Forget a user's oldest pictures above so many MiB, favourites excepted (0: never).")
  var retainMib = 0

  @Option(help: "MiB that must stay free on the disk for a new job to be taken.")
  var freeMib = 2048

  @Option(help: "Hide this text, 6 to 32 characters, in every picture; 'atelier watermark decode' finds it.")
  var watermark: String?

  @Flag(
    name: .customLong("safety-checker"), inversion: .prefixedNo,
    help: "Let the safety checker of models that have one make pictures black.")
  var safetyChecker = true

  func validate() throws {
    if let watermark {
      do { try Limits.checkWatermark(watermark) } catch { throw ValidationError("--\(error.message)") }
    }
    for proxy in trustedProxies where (try? SocketAddress(host: proxy, port: 0)) == nil {
      throw ValidationError("--trust-proxy must be an IP address; got '\(proxy)'")
    }
    guard (0...(1 << 30)).contains(freeMib) else {
      throw ValidationError("--free-mib must be 0…\(1 << 30); got \(freeMib)")
    }
    guard (0...36500).contains(retainDays) else {
      throw ValidationError("--retain-days must be 0…36500; got \(retainDays)")
    }
    guard (0...(1 << 40)).contains(retainMib) else {
      throw ValidationError("--retain-mib must be 0…\(1 << 40); got \(retainMib)")
    }
  }

  /// The data folder.
  var dataFolder: String { data ?? Self.defaultDataFolder }

  /// Everything together.
  var configuration: ServerConfiguration {
    var configuration = ServerConfiguration(dataFolder: dataFolder)
    configuration.listen = listen
    configuration.port = port
    configuration.access = access
    configuration.hostNames = hostNames
    configuration.trustedProxies = trustedProxies.compactMap { try? SocketAddress(host: $0, port: 0) }
    configuration.publicFolder = publicFolder ?? PublicFolder.find()
    configuration.workerListen = workerListen
    configuration.workerPort = workerPort
    configuration.workerPortFile = workerPortFile
    configuration.fairness = fairness
    configuration.retention = RetentionPolicy(
      age: retainDays > 0 ? .seconds(retainDays * 86_400) : nil,
      bytesPerUser: retainMib > 0 ? retainMib << 20 : nil)
    configuration.watermark = watermark
    configuration.safetyChecker = safetyChecker
    configuration.limits.freeSpaceFloor = freeMib << 20
    // No flag: `/debug/echo` is for conformance suites, not for people.
    configuration.debugRoutes = ProcessInfo.processInfo.environment["ATELIER_DEBUG_ROUTES"] == "1"
    return configuration
  }

  /// `$XDG_DATA_HOME/atelier`, or `~/.local/share/atelier`.
  private static var defaultDataFolder: String {
    let environment = ProcessInfo.processInfo.environment
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/atelier" }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share/atelier"
  }
}

extension AccessMode: ExpressibleByArgument {}
extension ServerConfiguration.Fairness: ExpressibleByArgument {}
