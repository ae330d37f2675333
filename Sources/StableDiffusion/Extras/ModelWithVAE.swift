import Checkpoints

/// A model with another autoencoder.
struct ModelWithVAE: ModelSource {
  private let model: any ModelSource
  private let file: VAEFile

  init(_ model: any ModelSource, _ file: VAEFile) {
    self.model = model
    self.file = file
  }

  var path: String { model.path }
  var name: String { model.name }
  func unetConfig() throws(CheckpointError) -> UNetConfig { try model.unetConfig() }
  func vaeConfig() throws(CheckpointError) -> VAEConfig { try file.config(like: model.vaeConfig()) }
  func textEncoderConfig(of component: ModelComponent) throws(CheckpointError) -> TextEncoderConfig {
    try model.textEncoderConfig(of: component)
  }
  var zeroesEmptyNegativePrompt: Bool { model.zeroesEmptyNegativePrompt }
  func safetyCheckerConfig() throws(CheckpointError) -> SafetyCheckerConfig? {
    try model.safetyCheckerConfig()
  }
  func schedulerConfig() throws(CheckpointError) -> SchedulerConfig { try model.schedulerConfig() }
  func weights(of component: ModelComponent) throws(CheckpointError) -> Weights {
    component == .vae ? try file.weights() : try model.weights(of: component)
  }
  func read(_ relativePath: String) throws(CheckpointError) -> [UInt8] { try model.read(relativePath) }
  func contains(_ relativePath: String) -> Bool { model.contains(relativePath) }
  func identifyingFiles() throws(CheckpointError) -> [String] { try model.identifyingFiles() }
  func weightBytes() throws(CheckpointError) -> Int { try model.weightBytes() }
  func precision() throws(CheckpointError) -> String { try model.precision() }
}

extension ExtraFile {
  /// Opens an autoencoder, with its configuration if it is a folder.
  func openVAE() throws(CheckpointError) -> VAEFile {
    let folder = weightPath == path ? nil : path
    return try VAEFile(
      open(),
      configuration: folder.map { path throws(CheckpointError) in
        try SmallFile.read("\(path)/config.json", label: "\(fileName)/config.json")
      })
  }
}
