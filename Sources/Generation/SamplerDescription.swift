/// One sampler or one schedule a worker offers.
public struct SamplerDescription: Codable, Hashable, Sendable {
  /// The name requests and PNG texts use, A1111's.
  public var name: String
  /// Other names accepted for it: diffusers' class, k-diffusion's function.
  public var aliases: [String]
  /// Of a sampler: the schedules it can use, by name; nil means every one.
  public var schedules: [String]?

  /// Makes a description.
  public init(name: String, aliases: [String] = [], schedules: [String]? = nil) {
    self.name = name
    self.aliases = aliases
    self.schedules = schedules
  }
}
