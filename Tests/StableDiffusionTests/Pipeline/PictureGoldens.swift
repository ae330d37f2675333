import Checkpoints
import Foundation
import Generation
import Pictures
import StableDiffusion
import Tensors
import Testing

/// What diffusers made of a picture: Tests/goldens/pictures_golden.py.
struct PictureGoldens {
  static let width = 56, height = 48
  let model: String
  private let name: String
  private let file: SafetensorsFile

  init(_ model: String) throws {
    self.model = model
    name = "\(model)-pictures.safetensors"
    file = try SafetensorsFile(path: try Goldens.path(name), label: name)
  }

  /// Names of runs of a kind, without what was kept of them.
  func runs(_ kind: String) -> [String] {
    file.entries.map(\.name).filter { $0.hasPrefix("\(kind).") && $0.hasSuffix(".latents") }
      .map { String($0.dropLast(".latents".count)) }
  }

  /// A run's last latents, [channels, height, width].
  func latents(_ run: String) throws -> [Float] { try file.tensor("\(run).latents").floats() }

  /// A run's picture, where it was kept.
  func picture(_ run: String) throws -> [UInt8]? {
    file.entries.contains { $0.name == "\(run).picture" } ? try bytes("\(run).picture") : nil
  }

  /// The pictures all runs start from.
  func inputs() throws -> PictureInputs {
    let grey = try bytes("mask").flatMap { [$0, $0, $0] }
    return PictureInputs(
      source: DecodedPicture(Picture(width: Self.width, height: Self.height, rgb: try bytes("source"))),
      mask: DecodedPicture(Picture(width: Self.width, height: Self.height, rgb: grey)))
  }

  /// The request of a run, named `kind.sampler.steps.strength`.
  static func request(_ run: String) throws -> GenerationRequest {
    let parts = run.split(separator: ".").map(String.init)
    let samplers = PipelineTests.names.merging(["heun": "Heun", "uniPC": "UniPC"]) { $1 }
    var request = PipelineTests.request(
      try #require(samplers[parts[1]]), steps: try #require(Int(parts[2])))
    request.mode = parts[0] == "img2img" ? .img2img : .inpaint
    (request.width, request.height) = (width, height)
    request.strength = Double(parts[3...].joined(separator: "."))
    request.maskBlur = 0
    let reference = PictureReference(
      sha256: String(repeating: "0", count: 64), width: width, height: height)
    request.initImageFile = reference
    request.maskFile = request.mode == .inpaint ? reference : nil
    return request
  }

  /// The model with nine channels: its folder with another first convolution, below `folder`.
  func inpaintingModel(in folder: String) throws -> ModelFolder {
    let path = "\(folder)/\(model)"
    try FileManager.default.copyItem(atPath: try Goldens.path(model), toPath: path)
    let unet = "\(path)/unet"
    for file in try FileManager.default.contentsOfDirectory(atPath: unet) {
      let url = URL(fileURLWithPath: "\(unet)/\(file)")
      if file == "config.json" {
        let text = try String(contentsOf: url, encoding: .utf8)
          .replacingOccurrences(of: "\"in_channels\": 4", with: "\"in_channels\": 9")
        try text.write(to: url, atomically: true, encoding: .utf8)
      } else if file.hasSuffix(".safetensors") {
        try widen(url)
      }
    }
    return try ModelFolder(path: path)
  }

  /// Writes `conv_in.weight` of the goldens over the file's own, as float32 at its end.
  private func widen(_ url: URL) throws {
    let data = try Data(contentsOf: url)
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    var header = try #require(
      JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any])
    guard let old = header["conv_in.weight"] as? [String: Any], let range = old["data_offsets"] as? [Int]
    else { return }
    // The old bytes go, and what lay behind them moves up.
    let size = range[1] - range[0]
    for (name, value) in header {
      guard var entry = value as? [String: Any], let place = entry["data_offsets"] as? [Int],
        place[0] >= range[1]
      else { continue }
      entry["data_offsets"] = [place[0] - size, place[1] - size]
      header[name] = entry
    }
    var body = Data(data[(8 + length)...])
    body.removeSubrange(body.startIndex + range[0]..<body.startIndex + range[1])
    let weight = try bytes("conv_in.weight")
    header["conv_in.weight"] = [
      "dtype": "F32", "shape": [16, 9, 3, 3], "data_offsets": [body.count, body.count + weight.count],
    ]
    body.append(contentsOf: weight)
    let json = try JSONSerialization.data(withJSONObject: header)
    var output = Data()
    withUnsafeBytes(of: UInt64(json.count).littleEndian) { output.append(contentsOf: $0) }
    output.append(json)
    output.append(body)
    try output.write(to: url)
  }

  /// The bytes of a tensor as they are in the file.
  private func bytes(_ tensor: String) throws -> [UInt8] {
    let entry = try #require(file.entries.first { $0.name == tensor })
    let data = try Data(contentsOf: URL(fileURLWithPath: try Goldens.path(name)))
    let header = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return Array(data[8 + header + entry.range.lowerBound..<8 + header + entry.range.upperBound])
  }
}
