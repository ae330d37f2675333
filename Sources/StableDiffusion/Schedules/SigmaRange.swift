internal import Generation

/// The ends and the curvature of a list of σ where they are not the model's and the schedule's own.
public struct SigmaRange: Equatable, Sendable {
  /// The lowest σ before the end, and the highest.
  public var low: Double?, high: Double?
  /// ρ of `karras` and `polyexponential`.
  public var rho: Double?

  /// Changes what is given.
  public init(low: Double? = nil, high: Double? = nil, rho: Double? = nil) {
    (self.low, self.high, self.rho) = (low, high, rho)
  }

  /// Whether nothing is changed.
  var isEmpty: Bool { self == SigmaRange() }

  /// What of it a schedule follows.
  func used(by schedule: ScheduleKind) -> SigmaRange {
    var used = self
    let hasEnds: [ScheduleKind] = [
      .karras, .exponential, .polyexponential, .sgmUniform, .klOptimal, .normal, .beta,
    ]
    if !hasEnds.contains(schedule) { (used.low, used.high) = (nil, nil) }
    if schedule != .karras, schedule != .polyexponential { used.rho = nil }
    return used
  }

  /// - Throws: `UserError` `unsupported_schedule` where a schedule does not follow all of it, `out_of_range` for ends
  ///   in the wrong order.
  func check(_ schedule: ScheduleKind, _ noise: NoiseSchedule) throws(UserError) {
    let used = used(by: schedule)
    guard used == self else {
      let field =
        used.low != low ? "schedule_sigma_min" : used.high != high ? "schedule_sigma_max" : "schedule_rho"
      let possible =
        field == "schedule_rho"
        ? "karras, polyexponential"
        : "karras, exponential, polyexponential, sgm_uniform, kl_optimal, normal, beta"
      throw UserError(
        code: "unsupported_schedule",
        message: "the schedule '\(schedule.rawValue)' does not follow \(field); expected one of: \(possible)",
        field: field)
    }
    let ends = (low ?? Double(noise.sigmas.first ?? 0), high ?? Double(noise.sigmas.last ?? 0))
    guard ends.0 < ends.1 else {
      throw UserError(
        code: "out_of_range",
        message: "schedule_sigma_min must be less than schedule_sigma_max; got \(ends.0) and \(ends.1)",
        field: low == nil ? "schedule_sigma_max" : "schedule_sigma_min")
    }
  }
}
