internal import Checkpoints
internal import Generation
internal import Pictures
internal import Tensors

extension Pipeline {
  /// The first pass of a picture from noise alone.
  func start(_ planned: PlannedPass, image index: Int) throws -> DenoisingPass {
    let shape = latentShape(planned.request)
    var pass = try self.pass(planned) { sampler in
      try SamplingLoop(
        planned.plan, sampler, type: scheduler.predictionType, noise: noise(planned, index, shape))
    }
    if takesMask { pass.condition = try blankCondition(shape, planned.request) }
    return pass
  }

  /// The pass of a picture from another one.
  ///
  /// The generator is drawn from in diffusers' order: the autoencoder's draw, the first noise, and of an
  /// inpainting request the autoencoder's draw for what is kept, whether the model asks for it or not.
  func start(_ planned: PlannedPass, image index: Int, from source: PreparedSource) throws -> DenoisingPass {
    let request = planned.request
    let shape = latentShape(request)
    var noise = self.noise(planned, index, shape)
    let isPure = request.mode == .inpaint && request.effectiveStrength >= 1
    var clean: [Float] = []
    if !(isPure && takesMask) {
      clean = source.moments.latents(noise.draw(source.moments.count), diffusionScale)
      if source.moments.count != shape.count {
        clean = LatentUpscaler.bilinear.resized(
          clean, channels: shape[3], from: (source.moments.width, source.moments.height),
          to: (shape[2], shape[1]))
      }
    }
    let first = try noise.first()
    let drawn = try first.floats()
    let keptDraw = request.mode == .inpaint ? noise.draw(shape.count) : nil
    let latents: Tensor
    if isPure {
      latents = try first.scaled(by: Float(planned.plan.initialScale))
    } else {
      let begun = Self.begun(clean, drawn, source.mask, request.inpaintFill, channels: shape[3])
      latents = try noised(begun, first, planned.plan)
    }
    var pass = try self.pass(planned) { sampler in
      SamplingLoop(planned.plan, sampler, type: scheduler.predictionType, noise: noise, latents: latents)
    }
    if let kept = source.kept {
      pass.condition = try condition(
        mask: source.mask, kept: kept.latents(source.mask == nil ? nil : keptDraw, diffusionScale), shape)
    } else if let mask = source.mask {
      pass.blend = LatentBlend(mask: mask, clean: clean, noise: drawn)
    }
    return pass
  }

  /// The second pass over a picture made smaller.
  /// - Parameter large: What an upscaler that is a model made of the picture.
  func start(
    _ planned: PlannedPass, image index: Int, enlarging latents: Tensor, large: Picture?
  ) throws -> DenoisingPass {
    let request = planned.request
    let shape = latentShape(request)
    var noise = self.noise(planned, index, shape)
    let clean: [Float]
    if let picture = try large ?? enlarged(latents, for: request) {
      let moments = try encode(
        picture.rgb.map { Float($0) / 127.5 - 1 }, width: picture.width, height: picture.height,
        by: try encoder(for: request), tiles: request.tiling ?? false)
      clean = moments.latents(noise.draw(moments.count), diffusionScale)
    } else {
      let upscaler = request.hiresUpscaler.flatMap(LatentUpscaler.init(rawValue:)) ?? .bilinear
      clean = upscaler.resized(
        try latents.floats(), channels: shape[3], from: (latents.shape[2], latents.shape[1]),
        to: (shape[2], shape[1]))
    }
    let first = try noise.first()
    let begun = try noised(clean, first, planned.plan)
    var pass = try self.pass(planned) { sampler in
      SamplingLoop(planned.plan, sampler, type: scheduler.predictionType, noise: noise, latents: begun)
    }
    if takesMask { pass.condition = try blankCondition(shape, request) }
    return pass
  }

  /// The picture of latents in the request's size, by a kernel; nil where the latents themselves are enlarged.
  private func enlarged(_ latents: Tensor, for request: GenerationRequest) throws -> Picture? {
    guard let filter = request.hiresUpscaler.flatMap(PixelUpscaler.init(rawValue:))?.filter else {
      return nil
    }
    let picture = try decode(latents, by: decoder(for: request).decoder, tiles: request.tiling ?? false)
    return picture.resized(width: request.width, height: request.height, filter)
  }

  /// The upscaler that is a model of its own which a request's second pass asks for; nil where it asks for none.
  func upscaler(for request: GenerationRequest) throws -> Upscaler? {
    guard let name = request.hiresUpscaler, LatentUpscaler(rawValue: name) == nil,
      PixelUpscaler(rawValue: name) == nil
    else { return nil }
    guard let upscaler = try findUpscaler(name) else {
      throw UserError(
        code: "unknown_upscaler", message: "unknown upscaler '\(name)'", field: "hires_upscaler")
    }
    return upscaler
  }

  private func pass(
    _ planned: PlannedPass, _ loop: (any Sampler) throws -> SamplingLoop
  ) throws -> DenoisingPass {
    let asked = try PromptExtras(planned.prompts.prompt, extras)
    let networks = try networks.networks(asked)
    let prompt = try promptPlan(
      planned.prompts, after: planned.first, asked, networks, planned.definition.guidanceFactor)
    let time = try timeEmbeddings(planned.plan, networks.unet, planned.request, asked)
    let sampler = planned.definition.make(planned.plan, planned.builder, planned.options)
    return DenoisingPass(
      unet: networks.unet, loop: try loop(sampler), time: time, prompt: prompt, steps: planned.steps,
      tiles: planned.request.tiling ?? false)
  }

  private func noise(_ planned: PlannedPass, _ index: Int, _ shape: Shape) -> PictureNoise {
    PictureNoise(
      NoiseSettings(
        planned.request, image: index, usesSeedDelta: planned.definition.usesSeedDelta,
        scale: decoder.config.scale),
      shape: shape, backend: backend)
  }

  private func latentShape(_ request: GenerationRequest) -> Shape {
    let scale = decoder.config.scale
    return [1, request.height / scale, request.width / scale, decoder.config.latentChannels]
  }

  /// Latents with as much noise as the plan's first level has.
  private func noised(_ clean: [Float], _ noise: Tensor, _ plan: SamplingPlan) throws -> Tensor {
    let latents = try backend.parameters(clean, shape: noise.shape)
    guard let level = plan.evaluations.first?.from else { return latents }
    return try Tensor.combination((Float(level.signal), latents), (Float(level.noise), noise))
  }

  /// The latents to begin with: under the mask what the request wants there.
  private static func begun(
    _ clean: [Float], _ noise: [Float], _ mask: [Float]?, _ fill: InpaintFill?, channels: Int
  ) -> [Float] {
    guard let mask, fill == .latentNoise || fill == .latentNothing else { return clean }
    return clean.indices.map { index in
      mask[index / channels] == 0 ? clean[index] : fill == .latentNoise ? noise[index] : 0
    }
  }
}
