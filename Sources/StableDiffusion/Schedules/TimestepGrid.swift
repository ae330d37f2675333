internal import Checkpoints

/// Inference timesteps, highest first, as numpy computes them in diffusers.
enum TimestepGrid {
  /// `numpy.linspace(0, last, count)` reversed.
  static func linspace(last: Int, count: Int) -> [Double] {
    guard count > 1 else { return [0] }
    let step = Double(last) / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? Double(last) : Double($0) * step }.reversed()
  }

  /// Multiples of a whole ratio, plus an offset.
  static func leading(ratio: Int, count: Int, offset: Int) -> [Double] {
    (0..<count).map { Double($0 * ratio + offset) }.reversed()
  }

  /// `numpy.arange(last, 0, -last / count).round() - 1`: numpy takes its increment from the first two values.
  ///
  /// For some counts (61, 103, 121, 122 of 1000) numpy's rounding makes one timestep more, −1, which is no
  /// timestep of the model; it is left out here.
  static func trailing(last: Int, count: Int) -> [Double] {
    let ratio = Double(last) / Double(count)
    let increment = (Double(last) - ratio) - Double(last)
    return (0..<count).map { (Double(last) + Double($0) * increment).rounded(.toNearestOrEven) - 1 }
  }

  /// The spacing shared by diffusers' Euler, DDIM and PNDM classes.
  static func timesteps(
    _ spacing: SchedulerConfig.TimestepSpacing, of total: Int, count: Int, offset: Int
  ) -> [Double] {
    switch spacing {
    case .linspace: linspace(last: total - 1, count: count)
    case .leading: leading(ratio: total / count, count: count, offset: offset)
    case .trailing: trailing(last: total, count: count)
    }
  }
}
