public import Generation

/// One sampler on offer: its names, the arithmetic of its schedules and how to make it.
public struct SamplerDefinition: Sendable {
  /// Lays out the evaluations of a picture.
  public typealias Layout =
    @Sendable (PlanBuilder, ScheduleKind, SamplerOptions) throws(UserError) -> SamplingPlan

  /// Names and possible schedules, as capabilities show them.
  public let description: SamplerDescription
  /// The diffusers class it agrees with, or whose levels it takes where it agrees with none.
  public let schedulerClass: SchedulerClass
  /// Whether fresh noise comes from seed + ENSD where that is asked for.
  let usesSeedDelta: Bool
  /// What the guidance scale is multiplied by; nil leaves it as it is.
  ///
  /// Samplers that have one use the unconditional prediction too.
  let guidanceFactor: Double?
  /// Lays out the evaluations of a picture.
  public let plan: Layout
  /// Makes a sampler for one picture.
  public let make: @Sendable (SamplingPlan, PlanBuilder, SamplerOptions) -> any Sampler

  /// - Parameters:
  ///   - name: A1111's.
  ///   - aliases: Its name in A1111's API, diffusers' class, k-diffusion's function.
  ///   - schedules: What it can follow; nil means everything.
  ///   - layout: Changes the plan of one evaluation a step that the class has; nil leaves it.
  init(
    _ name: String, aliases: [String], schedules: [ScheduleKind]? = nil, _ schedulerClass: SchedulerClass,
    usesSeedDelta: Bool = false, guidanceFactor: Double? = nil, layout: Layout? = nil,
    make: @escaping @Sendable (SamplingPlan, PlanBuilder, SamplerOptions) -> any Sampler
  ) {
    description = SamplerDescription(
      name: name, aliases: aliases, schedules: schedules?.map(\.rawValue))
    self.schedulerClass = schedulerClass
    self.usesSeedDelta = usesSeedDelta
    self.guidanceFactor = guidanceFactor
    if let layout {
      plan = layout
    } else {
      plan = { builder, kind, _ throws(UserError) in try builder.plan(schedulerClass, kind) }
    }
    self.make = make
  }
}
