/// Settings that suit a model.
public struct ModelDefaults: Codable, Hashable, Sendable {
  /// Pixels, the size the model was trained at.
  public var width: Int
  /// Pixels, the size the model was trained at.
  public var height: Int
  /// Inference steps.
  public var steps: Int
  /// Classifier-free guidance weight.
  public var guidanceScale: Double
  /// A sampler's name.
  public var sampler: String
  /// A schedule's name.
  public var schedule: String

  /// Makes defaults.
  public init(
    width: Int, height: Int, steps: Int = 20, guidanceScale: Double = 7, sampler: String = "Euler",
    schedule: String = "automatic"
  ) {
    self.width = width
    self.height = height
    self.steps = steps
    self.guidanceScale = guidanceScale
    self.sampler = sampler
    self.schedule = schedule
  }

  enum CodingKeys: String, CodingKey {
    case width, height, steps, sampler, schedule
    case guidanceScale = "guidance_scale"
  }
}
