import FoundationEssentials
import Glibc
import HTTP
import JobQueue
import Sockets
import WorkerProtocol

/// Looks at everything a start needs, without starting and without changing anything.
public struct ConfigurationCheck: Sendable {
  private let configuration: ServerConfiguration

  /// Names the configuration.
  public init(_ configuration: ServerConfiguration) { self.configuration = configuration }

  /// What was found, in the order in which a start would meet it.
  public func run() async -> [Finding] {
    let isRunning = await isServerRunning
    var findings = [checkRules()] + checkUser() + checkFolder(isRunning)
    findings += await checkDatabase(isRunning)
    findings += [checkSecret(), checkSpace(), checkPage(), checkDescriptors()]
    findings += await checkPorts(isRunning)
    return findings + checkHostNames()
  }

  private var folder: String { configuration.dataFolder }

  /// The data folder, or the nearest folder above it that exists.
  private var existingFolder: String { DurableFile.nearestExisting(folder) }

  private var isServerRunning: Bool {
    get async { (try? await ControlClient(folder: folder).ask(.ping, within: .seconds(5))) != nil }
  }

  // MARK: - Parts

  private func checkRules() -> Finding {
    do throws(ServerError) {
      try configuration.check()
      return Finding(
        level: .ok, subject: "access", text: "\(configuration.access.rawValue) on \(configuration.listen)")
    } catch {
      return Finding(level: .error, subject: "access", text: "\(error)")
    }
  }

  private func checkUser() -> [Finding] {
    guard geteuid() == 0 else { return [] }
    return [
      Finding(level: .warning, subject: "user", text: "running as root; a user of its own is safer")
    ]
  }

  private func checkFolder(_ isRunning: Bool) -> [Finding] {
    let files = FileManager.default
    guard files.fileExists(atPath: folder) else {
      let parent = existingFolder
      guard Self.canMakeFolder(in: parent) else {
        return [
          Finding(
            level: .error, subject: "data",
            text: "\(folder) cannot be made: \(parent) takes no folder of this user")
        ]
      }
      return [Finding(level: .ok, subject: "data", text: "\(folder) will be made")]
    }
    var status = stat()
    guard unsafe stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      return [Finding(level: .error, subject: "data", text: "\(folder) is no folder")]
    }
    guard unsafe access(folder, R_OK | W_OK | X_OK) == 0 else {
      return [Finding(level: .error, subject: "data", text: "\(folder) cannot be written by this user")]
    }
    let use = isRunning ? "a server runs on it" : "no server runs on it"
    return [Finding(level: .ok, subject: "data", text: "\(folder); \(use)"), FileSystemKind.check(folder)]
  }

  /// Makes a folder there and removes it: rights alone say nothing to root, nor in /proc.
  private static func canMakeFolder(in parent: String) -> Bool {
    let probe = "\(parent)/.atelier-check-\(getpid())"
    guard unsafe mkdir(probe, 0o700) == 0 else { return false }
    return unsafe rmdir(probe) == 0
  }

  private func checkDatabase(_ isRunning: Bool) async -> [Finding] {
    let path = folder + "/atelier.sqlite"
    let backup = Backup.newest(of: folder).map { "; the newest backup is \($0)" } ?? ""
    if let detail = DataFolder.whyNoNewDatabase(in: folder) {
      return [Finding(level: .error, subject: "database", text: detail + backup)]
    }
    guard FileManager.default.fileExists(atPath: path) else {
      return [Finding(level: .ok, subject: "database", text: "will be made")] + checkAdmins(0)
    }
    if isRunning { return [Finding(level: .ok, subject: "database", text: "in use; not looked at")] }
    do {
      let found = try await FolderOwner.acting(in: folder) { try DatabaseInspection.inspect(folder: folder) }
      let steps = found.pendingSteps > 0 ? "; \(found.pendingSteps) migrations to do" : ""
      let whole = Finding(
        level: .ok, subject: "database",
        text: "whole, \(found.jobs) jobs, SQLite \(found.sqliteVersion)\(steps)")
      return [whole] + checkAdmins(found.admins)
    } catch {
      return [Finding(level: .error, subject: "database", text: "\(error)\(backup)")]
    }
  }

  /// Where people log in, somebody must be able to.
  private func checkAdmins(_ count: Int) -> [Finding] {
    guard configuration.access == .accounts else { return [] }
    guard count == 0 else { return [Finding(level: .ok, subject: "admins", text: "\(count)")] }
    return [
      Finding(
        level: configuration.isPublic ? .error : .warning, subject: "admins",
        text: "\(ServerError.noAdmin(configuration.listen))")
    ]
  }

  private func checkSecret() -> Finding {
    let path = folder + "/secrets/worker.key"
    guard FileManager.default.fileExists(atPath: path) else {
      return Finding(level: .ok, subject: "worker secret", text: "will be made")
    }
    do throws(ProtocolError) {
      _ = try SharedSecret(file: path)
      return Finding(level: .ok, subject: "worker secret", text: path)
    } catch { return Finding(level: .error, subject: "worker secret", text: "\(path): \(error)") }
  }

  private func checkSpace() -> Finding {
    let free = DiskReserve.freeBytes(of: existingFolder)
    let floor = configuration.limits.freeSpaceFloor
    let text = "\(free >> 20) MiB free, \(floor >> 20) MiB must stay free"
    return Finding(level: free > UInt64(floor) ? .ok : .warning, subject: "space", text: text)
  }

  private func checkPage() -> Finding {
    guard let page = configuration.publicFolder else {
      return Finding(
        level: .warning, subject: "page", text: "no folder Public found; the API alone is served")
    }
    guard FileManager.default.fileExists(atPath: page + "/index.html") else {
      return Finding(level: .error, subject: "page", text: "\(ServerError.publicFolderMissing(page))")
    }
    return Finding(level: .ok, subject: "page", text: page)
  }

  private func checkDescriptors() -> Finding {
    let limits = configuration.limits.http
    let wanted = limits.connections + limits.descriptorReserve
    let granted = (try? DescriptorLimit.most()) ?? 0
    let text = "\(granted) descriptors allowed, \(wanted) wanted for \(limits.connections) connections"
    return Finding(level: granted >= wanted ? .ok : .warning, subject: "descriptors", text: text)
  }

  /// Both at once, as a start would have them: they may want the same one.
  private func checkPorts(_ isRunning: Bool) async -> [Finding] {
    let page = await checkPort("page", configuration.listen, configuration.port, isRunning)
    let workers = await checkPort(
      "workers", configuration.workerListen, configuration.workerPort, isRunning)
    await page.listener?.close()
    await workers.listener?.close()
    return [page.finding, workers.finding]
  }

  private func checkPort(_ subject: String, _ host: String, _ port: UInt16, _ isRunning: Bool) async
    -> (finding: Finding, listener: Listener?)
  {
    let subject = subject + " port"
    do throws(SocketError) {
      let address = try SocketAddress(host: host == "localhost" ? "127.0.0.1" : host, port: port)
      let listener = try await Listener.bind(to: address, on: try EventLoop(name: "check"))
      return (Finding(level: .ok, subject: subject, text: "\(address) is free"), listener)
    } catch { return (portFinding(error, subject, host, port, isRunning), nil) }
  }

  private func portFinding(
    _ error: SocketError, _ subject: String, _ host: String, _ port: UInt16, _ isRunning: Bool
  ) -> Finding {
    switch error {
    case .system(_, errno: EADDRINUSE) where isRunning:
      return Finding(level: .ok, subject: subject, text: "\(host) port \(port): a server runs already")
    case .invalidAddress:
      return Finding(level: .error, subject: subject, text: "\(ServerError.malformedAddress(host))")
    default:
      let flag = subject == "page port" ? "--port" : "--worker-port"
      let reason = ServerError(error, flag: flag, address: host, port: port)
      return Finding(level: .error, subject: subject, text: "\(reason)")
    }
  }

  /// A name as RFC 1123 has it, or an address; a port does not matter.
  private static func isHostName(_ name: String) -> Bool {
    let punctuation = Array(".-_:[]".utf8)
    return HostAllowList.name(of: name)?.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || punctuation.contains(byte)
    } ?? false
  }

  private func checkHostNames() -> [Finding] {
    configuration.hostNames.filter { !Self.isHostName($0) }.map { name in
      Finding(level: .error, subject: "host name", text: "'\(name)' is no name of a host")
    }
  }
}
