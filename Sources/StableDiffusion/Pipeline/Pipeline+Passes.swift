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
  func start(_ planned: PlannedPass, image index: Int, enlarging latents: Tensor) throws -> DenoisingPass {
    let request = planned.request
    let shape = latentShape(request)
    var noise = self.noise(planned, index, shape)
    let clean: [Float]
    let name = request.hiresUpscaler ?? LatentUpscaler.bilinear.rawValue
    if let upscaler = LatentUpscaler(rawValue: name) {
      clean = upscaler.resized(
        try latents.floats(), channels: shape[3], from: (latents.shape[2], latents.shape[1]),
        to: (shape[2], shape[1]))
    } else {
      let tiles = request.tiling ?? false
      let large = try enlarged(
        decode(latents, by: decoder(for: request).decoder, tiles: tiles), to: (request.width, request.height),
        by: name)
      let moments = try encode(
        large.rgb.map { Float($0) / 127.5 - 1 }, width: large.width, height: large.height,
        by: try encoder(for: request), tiles: tiles)
      clean = moments.latents(noise.draw(moments.count), diffusionScale)
    }
    let first = try noise.first()
    let begun = try noised(clean, first, planned.plan)
    var pass = try self.pass(planned) { sampler in
      SamplingLoop(planned.plan, sampler, type: scheduler.predictionType, noise: noise, latents: begun)
    }
    pass.promptStep = planned.promptStep
    if takesMask { pass.condition = try blankCondition(shape, request) }
    return pass
  }

  /// A picture in a larger size, by the name of what enlarges it.
  private func enlarged(
    _ picture: Picture, to size: (width: Int, height: Int), by name: String
  ) throws -> Picture {
    if let filter = PixelUpscaler(rawValue: name)?.filter {
      return picture.resized(width: size.width, height: size.height, filter)
    }
    guard let upscaler = try findUpscaler(name) else {
      throw UserError(
        code: "unknown_upscaler", message: "unknown upscaler '\(name)'", field: "hires_upscaler")
    }
    return try upscaler.enlarged(picture, to: size)
  }

  private func pass(
    _ planned: PlannedPass, _ loop: (any Sampler) throws -> SamplingLoop
  ) throws -> DenoisingPass {
    let asked = try PromptExtras(planned.prompts.prompt, extras)
    let networks = try networks.networks(asked)
    let prompt = try promptPlan(planned.prompts, asked, networks, planned.definition.guidanceFactor)
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
