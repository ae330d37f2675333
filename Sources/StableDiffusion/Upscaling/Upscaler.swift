internal import Checkpoints
internal import Generation
public import Pictures
public import Tensors

/// A loaded upscaler of the ESRGAN family, `.safetensors` or `.pth`.
///
/// Confined to its backend's thread.
public final class Upscaler {
  /// How many times larger its results are.
  public let scale: Int
  /// Pixels a side of the parts a picture is enlarged in, and how far each sees beyond its own.
  static let tile = 192, margin = 24

  private let network: any UpscalerNetwork
  private let backend: Backend

  /// Loads a file; what kind of network it is follows from the names in it.
  /// - Throws: `CheckpointError`, `UserError` `unusable_upscaler` for a network of another kind, `TensorError`.
  public init(path: String, label: String, backend: Backend) throws {
    let names = try UpscalerNames(try TensorFiles.open(path: path, label: label))
    self.backend = backend
    if names.names.contains("body.0.rdb1.conv1.weight") {
      network = try RRDBNetwork(names, backend)
    } else if names.shape("body.0.weight")?.count == 4 {
      network = try CompactNetwork(names, backend)
    } else {
      throw UserError(
        code: "unusable_upscaler",
        message:
          "expected a network of the ESRGAN family (RRDBNet or SRVGGNetCompact) in '\(label)', found another",
        field: "upscaler")
    }
    scale = network.scale
  }

  /// How many parts a picture is enlarged in.
  public func tileCount(width: Int, height: Int, tile: Int? = nil) -> Int {
    let tile = tile ?? Self.tile
    return ((width + tile - 1) / tile) * ((height + tile - 1) / tile)
  }

  /// The picture in a size; see `Enlargement`.
  ///
  /// - Parameter progress: Called after each part with the parts done, over all rounds; may throw to end the work.
  /// - Throws: `TensorError`, and what `progress` throws.
  public func enlarged(
    _ picture: Picture, to size: (width: Int, height: Int), tile: Int? = nil,
    progress: (_ done: Int) throws -> Void = { _ in }
  ) throws -> Picture {
    var work = Enlargement(picture, by: self, to: size, tile: tile)
    while try work.step() { try progress(work.done) }
    return work.finished()
  }

  /// How many parts `enlarged(_:to:)` works through.
  public func tileCount(
    from size: (width: Int, height: Int), to target: (width: Int, height: Int), tile: Int? = nil
  ) -> Int {
    (0..<rounds(from: size, to: target)).reduce(0) { sum, round in
      let factor = (0..<round).reduce(1) { factor, _ in factor * scale }
      return sum + tileCount(width: size.width * factor, height: size.height * factor, tile: tile)
    }
  }

  func rounds(from size: (width: Int, height: Int), to target: (width: Int, height: Int)) -> Int {
    guard scale > 1 else { return 1 }
    var (rounds, width, height) = (0, size.width, size.height)
    while rounds < 3, width < target.width || height < target.height {
      (rounds, width, height) = (rounds + 1, width * scale, height * scale)
    }
    return rounds
  }

  /// Puts one part of a picture, enlarged, into the pixels of the whole.
  /// - Throws: `TensorError`.
  func enlarge(_ picture: Picture, _ box: PixelBox, into result: inout [UInt8]) throws {
    let step = network.unshuffle
    // Parts begin where blocks of pixels that are seen as one begin.
    let seen = PixelBox(
      left: max(box.left - Self.margin, 0) / step * step, top: max(box.top - Self.margin, 0) / step * step,
      right: min(box.right + Self.margin, picture.width),
      bottom: min(box.bottom + Self.margin, picture.height))
    put(try large(picture.cropped(seen)), seen, box, into: &result, width: picture.width * scale)
  }

  /// A part's pixels, 0…1, enlarged; a part whose sides are no multiples of what is seen as one is mirrored out.
  private func large(_ part: Picture) throws -> (values: [Float], width: Int) {
    let step = network.unshuffle
    let right = (step - part.width % step) % step
    let bottom = (step - part.height % step) % step
    let (width, height) = (part.width + right, part.height + bottom)
    func mirrored(_ index: Int, _ count: Int) -> Int {
      index < count ? index : max(2 * (count - 1) - index, 0)
    }
    var values = [Float](repeating: 0, count: width * height * 3)
    for y in 0..<height {
      for x in 0..<width {
        let from = (mirrored(y, part.height) * part.width + mirrored(x, part.width)) * 3
        // PyTorch's order of `pixel_unshuffle`: colour, then row, then column within the block.
        let pixel = (y / step * (width / step) + x / step) * 3 * step * step + y % step * step + x % step
        for channel in 0..<3 {
          values[pixel + channel * step * step] = Float(part.rgb[from + channel]) / 255
        }
      }
    }
    let input = try backend.tensor(values, shape: [1, height / step, width / step, 3 * step * step])
    return (try network(input).floats(), width * scale)
  }

  private func put(
    _ large: (values: [Float], width: Int), _ seen: PixelBox, _ box: PixelBox, into result: inout [UInt8],
    width: Int
  ) {
    for y in box.top * scale..<box.bottom * scale {
      for x in box.left * scale..<box.right * scale {
        let from = ((y - seen.top * scale) * large.width + x - seen.left * scale) * 3
        for channel in 0..<3 {
          let value = large.values[from + channel] * 255
          result[(y * width + x) * 3 + channel] = value.isNaN ? 0 : UInt8(min(max(value + 0.5, 0), 255))
        }
      }
    }
  }
}
