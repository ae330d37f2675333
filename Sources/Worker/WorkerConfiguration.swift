public import WorkerProtocol

/// Everything a worker is told at its start.
public struct WorkerConfiguration: Sendable {
  /// Where the server listens for workers.
  public var server: ServerAddress
  /// What both sides know.
  public var secret: SharedSecret
  /// Folder of the worker's own small files.
  public var dataFolder: String
  /// Folders searched for models; the shipped demo model is always offered.
  public var modelFolders: [String] = []
  /// Files of styles (`styles.csv`) beside those in the folders; they need not be there.
  public var styleFiles: [String] = []
  /// Kernel backend, `auto` for the best present.
  public var backend = "auto"
  /// What arithmetic it may use: `full`, `autocast`, `int8` or `bfloat16`.
  public var precision = "autocast"
  /// Compute threads; nil for one per physical core.
  public var threads: Int?
  /// Jobs whose steps may be joined, 1…16.
  public var maxBatch = 1
  /// Whether the link may leave this host in clear text.
  public var allowsInsecureLink = false
  /// Seconds without a link after which the worker ends; nil: never.
  public var giveUpAfter: Int?

  /// A configuration with the defaults for everything else.
  public init(server: ServerAddress, secret: SharedSecret, dataFolder: String) {
    self.server = server
    self.secret = secret
    self.dataFolder = dataFolder
  }
}
