import Foundation
public import Generation

extension GenerationRequest {
  /// Picture `index` of a loopback as a request of its own.
  ///
  /// Follows A1111's script: the strength goes from the first one to the last along the curve, the seed counts on, and
  /// from the second round on the mask has the picture itself under it.
  /// - Parameter previous: The picture before, from the second on.
  public func round(_ index: Int, from previous: PictureReference?) -> GenerationRequest {
    var round = PictureMetadata.single(self, index)
    (round.loopback, round.loopbackStrength) = (nil, nil)
    round.strength = strength(ofRound: index)
    guard let previous else { return round }
    round.initImageFile = previous
    if round.inpaintFill != nil { round.inpaintFill = .original }
    return round
  }

  private func strength(ofRound index: Int) -> Double {
    let last = batchCount - 1
    guard let loopback, last > 0 else { return effectiveStrength }
    let part = Double(index) / Double(last)
    let along =
      switch loopback {
      case .linear: part
      case .aggressive: sin(part * .pi / 2)
      case .lazy: 1 - cos(part * .pi / 2)
      }
    return effectiveStrength + (effectiveLoopbackStrength - effectiveStrength) * along
  }
}
