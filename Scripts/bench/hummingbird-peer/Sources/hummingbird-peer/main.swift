import Hummingbird
import Logging

// hummingbird-peer PORT FOLDER: answers /healthz and serves the files of a folder, with Hummingbird's own settings.
guard CommandLine.arguments.count == 3, let port = Int(CommandLine.arguments[1]) else {
  fatalError("expected a port and a folder; got \(CommandLine.arguments.dropFirst())")
}
var logger = Logger(label: "hummingbird-peer")
logger.logLevel = .error
let router = Router()
router.add(
  middleware: FileMiddleware(CommandLine.arguments[2], searchForIndexHtml: true, logger: logger))
router.get("healthz") { _, _ in "ok\n" }
let application = Application(
  router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
try await application.runService()
