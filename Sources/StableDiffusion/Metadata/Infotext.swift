internal import Generation

/// A1111's text of generation parameters ("infotext"): prompt, negative prompt, one line of settings.
enum Infotext {
  /// The text for a request of one picture.
  ///
  /// Keys stand in A1111's order; what does not apply is left out.
  static func text(
    _ request: GenerationRequest, model: ModelDescription, extras: [HashedExtra] = [],
    safety: SafetyVerdict? = nil
  ) -> String {
    let (definition, kind) = names(request)
    let vae = extras.first { $0.kind == .vae }
    let settings: [(String, String?)] =
      [
        ("Steps", "\(request.steps)"),
        ("Sampler", definition),
        ("Schedule type", kind),
        ("CFG scale", number(request.guidanceScale)),
        ("Seed", "\(request.seed)"),
        ("Size", "\(request.width)x\(request.height)"),
        ("Model hash", model.sha256.map { String($0.prefix(10)) }),
        ("Model", model.name),
        ("VAE hash", vae?.hash),
        ("VAE", vae?.name ?? request.vae),
        ("Variation seed", request.variationSeed(ofPicture: 0).map { "\($0)" }),
        (
          "Variation seed strength",
          request.variationSeed(ofPicture: 0) == nil ? nil : optional(request.variationStrength)
        ),
        ("Seed resize from", seedResize(request)),
        ("Denoising strength", denoisingStrength(request)),
        ("Clip skip", request.clipSkip.flatMap { $0 > 1 ? "\($0)" : nil }),
        ("ENSD", request.seedDelta.flatMap { $0 == 0 ? nil : "\($0)" }),
        ("Init image hash", request.initImageFile?.sha256),
        ("RNG", (request.noiseSource ?? .cpu).label),
        ("Tiling", request.tiling == true ? "True" : nil),
      ] + masking(request) + hires(request) + [
        ("Lora hashes", hashes(.lora, extras)),
        ("TI hashes", hashes(.embedding, extras)),
        ("Hypernet hashes", hashes(.hypernetwork, extras)),
        ("Schedule min sigma", positive(request.scheduleSigmaMinimum)),
        ("Schedule max sigma", positive(request.scheduleSigmaMaximum)),
        ("Schedule rho", positive(request.scheduleRho)),
        ("Eta", optional(request.eta)),
        ("Sigma churn", optional(request.sigmaChurn)),
        ("Sigma tmin", optional(request.sigmaMinimum)),
        ("Sigma tmax", optional(request.sigmaMaximum)),
        ("Sigma noise", optional(request.sigmaNoise)),
        ("Emphasis", request.emphasis.flatMap { $0 == .original ? nil : $0.label }),
        ("Watermark", request.watermark),
        ("Safety checker", safety?.rawValue),
        ("Version", "Atelier \(Version.current)"),
      ]
    let line = settings.compactMap { key, value in value.map { "\(key): \(quoted($0))" } }
      .joined(separator: ", ")
    var text = request.prompt + "\n"
    if !request.negativePrompt.isEmpty { text += "Negative prompt: \(request.negativePrompt)\n" }
    return stripped(text + line)
  }

  /// The sampler's own name and the schedule's label, whatever name the request used.
  private static func names(_ request: GenerationRequest) -> (String, String) {
    do throws(UserError) {
      let (definition, kind) = try Samplers.choose(request.sampler, request.schedule)
      return (definition.description.name, kind.label)
    } catch {
      return (request.sampler, request.schedule)
    }
  }

  /// What A1111 writes into pictures it only enlarged.
  static func postprocessing(_ request: GenerationRequest) -> String {
    "Postprocess upscale by: \(number(request.upscaleBy ?? 2)), "
      + "Postprocess upscaler: \(quoted(request.upscaler ?? PixelUpscaler.lanczos.rawValue))"
  }

  private static func denoisingStrength(_ request: GenerationRequest) -> String? {
    if request.mode.needsPicture { return number(request.effectiveStrength) }
    return request.hiresSize == nil ? nil : number(request.effectiveHiresStrength)
  }

  /// What A1111 says of a mask; what its readers take for granted is left out.
  private static func masking(_ request: GenerationRequest) -> [(String, String?)] {
    guard request.mode == .inpaint else { return [] }
    let blur = request.maskBlur ?? 4
    let isPart = request.inpaintArea == .masked
    let fill = request.inpaintFill ?? .original
    return [
      ("Mask mode", request.maskInvert == true ? "Inpaint not masked" : nil),
      ("Mask blur", blur > 0 ? "\(blur)" : nil),
      ("Inpaint area", isPart ? "Only masked" : nil),
      ("Masked area padding", isPart ? "\(request.maskPadding ?? 32)" : nil),
      ("Masked content", fill == .original ? nil : fill.label),
    ]
  }

  private static func hires(_ request: GenerationRequest) -> [(String, String?)] {
    guard let scale = request.hiresScale, request.hiresSize != nil else { return [] }
    let (sampler, schedule) = (request.hiresSampler, request.hiresSchedule)
    let steps = request.hiresSteps ?? 0
    return [
      ("Hires sampler", sampler == request.sampler ? nil : sampler),
      ("Hires prompt", request.hiresPrompt),
      ("Hires negative prompt", request.hiresNegativePrompt),
      (
        "Hires schedule type",
        schedule == request.schedule ? nil : schedule.flatMap { ScheduleKind(rawValue: $0)?.label }
      ),
      ("Hires upscale", number(scale)),
      ("Hires steps", steps > 0 ? "\(steps)" : nil),
      ("Hires upscaler", request.hiresUpscaler ?? LatentUpscaler.bilinear.rawValue),
    ]
  }
  private static func seedResize(_ request: GenerationRequest) -> String? {
    guard let width = request.seedResizeWidth, let height = request.seedResizeHeight, width > 0, height > 0
    else { return nil }
    return "\(width)x\(height)"
  }

  /// `name: hash, name: hash`; nil for none.
  private static func hashes(_ kind: ExtraKind, _ extras: [HashedExtra]) -> String? {
    let found = extras.filter { $0.kind == kind }.map { extra in
      "\(extra.name.filter { $0 != ":" && $0 != "," }): \(extra.hash)"
    }
    return found.isEmpty ? nil : found.joined(separator: ", ")
  }

  private static func positive(_ value: Double?) -> String? { value.flatMap { $0 > 0 ? number($0) : nil } }

  private static func optional(_ value: Double?) -> String? { value.map(number) }

  /// A number without needless digits: `7`, `7.5`.
  static func number(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }

  /// A value as A1111 writes it: raw unless it holds a comma, a colon or a newline, then as a JSON string.
  static func quoted(_ value: String) -> String {
    guard value.contains(where: { $0 == "," || $0 == ":" || $0.isNewline }) else { return value }
    var result = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case let control where control.value < 0x20:
        let digits = String(control.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func stripped(_ text: String) -> String {
    let end = text.lastIndex { !$0.isWhitespace }.map(text.index(after:)) ?? text.startIndex
    return String(text[..<end].drop(while: \.isWhitespace))
  }
}
