import Generation

/// What a request names beside its model: an autoencoder, styles, and the tags in its prompt; and the settings of noise
/// and schedules that only few change.
struct RequestExtras {
  private let fields: RequestFields
  private let offers: WorkerOffers
  private let limits: Limits

  init(_ fields: RequestFields, _ offers: WorkerOffers, _ limits: Limits) {
    (self.fields, self.offers, self.limits) = (fields, offers, limits)
  }

  /// Puts them into a request; styles become part of its prompts, so that nothing is looked up later.
  func apply(to request: inout GenerationRequest) throws(APIError) {
    do throws(UserError) {
      try applyStyles(to: &request)
      request.vae = try vae()
      try checkTags(request.prompt)
    } catch { throw .invalid(error) }
    request.seedResizeWidth = try side("seed_resize_from_w")
    request.seedResizeHeight = try side("seed_resize_from_h")
    request.scheduleSigmaMinimum = try number("schedule_sigma_min", limits.maxSigma)
    request.scheduleSigmaMaximum = try number("schedule_sigma_max", limits.maxSigma)
    request.scheduleRho = try number("schedule_rho", limits.maxScheduleRho)
  }

  private func applyStyles(to request: inout GenerationRequest) throws(UserError) {
    let names: [String]
    do throws(APIError) { names = try fields.strings("styles", limit: limits.maxStyles) ?? [] } catch {
      throw error.error
    }
    for style in try PromptStyle.find(names, in: offers.styles) {
      request.prompt = PromptStyle.merged(request.prompt, with: style.prompt)
      request.negativePrompt = PromptStyle.merged(request.negativePrompt, with: style.negativePrompt)
      // Before the next one: styles that double a prompt must not fill the memory.
      guard max(request.prompt.utf8.count, request.negativePrompt.utf8.count) <= limits.promptBytes else {
        throw UserError(
          code: "prompt_too_long",
          message: "the prompts with their styles must be at most \(limits.promptBytes) bytes of UTF-8",
          field: "styles")
      }
    }
  }

  /// A1111's `Automatic` and `None` are the model's own.
  private func vae() throws(UserError) -> String? {
    let text: String?
    do throws(APIError) { text = fields.isGiven("vae") ? try fields.string("vae") : nil } catch {
      throw error.error
    }
    guard let text, !["", "automatic", "none"].contains(text.lowercased()) else { return nil }
    return try NameLookup.extra("vae", text, in: offers.vaes, field: "vae").name
  }

  /// A name nobody has is said now, not when the job's turn comes.
  private func checkTags(_ prompt: String) throws(UserError) {
    for tag in ExtraNetwork.cut(from: prompt).networks {
      let name = tag.arguments.first ?? ""
      switch tag.kind {
      case "lora": _ = try NameLookup.extra("lora", name, in: offers.loras, field: "prompt")
      case "hypernet": _ = try NameLookup.extra("hypernet", name, in: offers.hypernetworks, field: "prompt")
      default: break
      }
    }
  }

  /// 0 and A1111's −1 are as good as nothing.
  private func side(_ name: String) throws(APIError) -> Int? {
    guard fields.isGiven(name), let side = try fields.integer(name, -1...limits.maxSide) else { return nil }
    return side > 0 ? side : nil
  }

  private func number(_ name: String, _ maximum: Double) throws(APIError) -> Double? {
    guard fields.isGiven(name), let value = try fields.double(name, 0...maximum) else { return nil }
    return value > 0 ? value : nil
  }
}
