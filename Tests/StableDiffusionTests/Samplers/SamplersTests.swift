import Checkpoints
import Generation
import Tensors
import Testing

@testable import StableDiffusion

@Suite struct SamplersTests {
  @Test(arguments: [
    ("EulerDiscreteScheduler", "Euler"), ("EULER A", "Euler a"), ("k_euler_ancestral", "Euler a"),
    ("EulerAncestralDiscreteScheduler", "Euler a"), ("DDIMScheduler", "DDIM"), ("pndmscheduler", "PLMS"),
    ("plms", "PLMS"), ("DPMSolverMultistepScheduler", "DPM++ 2M"), ("k_dpmpp_2m", "DPM++ 2M"),
    ("dpm++2m", "DPM++ 2M"), ("k_dpmpp_sde", "DPM++ SDE"), ("dpmpp_2m_sde", "DPM++ 2M SDE"),
    ("k_dpmpp_2m_sde_heun", "DPM++ 2M SDE Heun"), ("dpmpp_2s_ancestral", "DPM++ 2S a"),
    ("k_dpmpp_3m_sde", "DPM++ 3M SDE"), ("LMSDiscreteScheduler", "LMS"), ("k_heun", "Heun"),
    ("KDPM2DiscreteScheduler", "DPM2"), ("k_dpm_2_a", "DPM2 a"), ("k_dpm_fast", "DPM fast"),
    ("k_dpm_ad", "DPM adaptive"), ("restart", "Restart"), ("ddim_cfgpp", "DDIM CFG++"), ("unipc", "UniPC"),
    ("UniPCMultistepScheduler", "UniPC"), ("k_lcm", "LCM"), ("LCMScheduler", "LCM"),
  ])
  func `names of other programs are understood`(asked: String, name: String) throws {
    let (definition, kind) = try Samplers.choose(asked, nil)
    #expect(definition.description.name == name)
    #expect(kind == .automatic)
  }

  @Test func `an old name holds a schedule`() throws {
    let (definition, kind) = try Samplers.choose("DPM++ 2M Karras", "")
    #expect(definition.description.name == "DPM++ 2M")
    #expect(kind == .karras)
    #expect(try Samplers.choose("DPM++ 3M SDE SGMUniform", nil).1 == .sgmUniform)
    #expect(try Samplers.choose("DPM2 a Align Your Steps", nil).1 == .alignYourSteps)
    #expect(try Samplers.choose("Euler Polyexponential", nil).1 == .polyexponential)
  }

  @Test func `names do not collide after folding`() {
    let names = Samplers.descriptions.flatMap { [$0.name] + $0.aliases }.map(NameLookup.folded)
    #expect(names.count == Set(names).count)
  }

  @Test func `DDIM clips its estimate of the clean latents and not the noise, as diffusers does`() throws {
    let backend = try Backend.named("reference", threads: 1)
    let level = NoiseLevel(signal: 0.6, noise: 0.8)
    let target = NoiseLevel(signal: 0.8, noise: 0.6)
    let plan = SamplingPlan(
      evaluations: [SamplingPlan.Evaluation(timestep: 1, inputScale: 1, from: level, to: target)],
      initialScale: 1)
    // x₀ = (x − 0.8·ε) / 0.6: 5, −0.5.
    let prediction = Prediction(
      latents: try backend.tensor([3.8, 0.5], shape: [1, 1, 1, 2]),
      output: try backend.tensor([1, 1], shape: [1, 1, 1, 2]), level: level, type: .epsilon)
    func step(_ clip: Float?) throws -> [Float] {
      var sampler = DDIMSampler(plan: plan, eta: 0, clip: clip)
      var noise = PictureNoise(NoiseSettings(seed: 0), shape: [1, 1, 1, 2], backend: backend)
      return try sampler.step(prediction, at: 0, noise: &noise).floats()
    }
    let free = try step(nil)
    #expect(abs(free[0] - (0.8 * 5 + 0.6)) < 1e-5)
    let clipped = try step(1)
    #expect(abs(clipped[0] - (0.8 * 1 + 0.6)) < 1e-5)
    #expect(abs(clipped[1] - free[1]) < 1e-6)
  }

  @Test(arguments: [
    SchedulerConfig.PredictionType.epsilon, .v, .sample,
  ])
  func `what the UNet predicts is read at any level`(type: SchedulerConfig.PredictionType) throws {
    let backend = try Backend.named("reference", threads: 1)
    for level in [NoiseLevel(signal: 0.6, noise: 0.8), NoiseLevel(signal: 1, noise: 4)] {
      let (clean, noise) = (0.7, -1.3)
      let x = level.signal * clean + level.noise * noise
      let length = (level.signal * level.signal + level.noise * level.noise).squareRoot()
      // v = √ᾱ·ε − √(1 − ᾱ)·x₀, of the latents scaled to keep their variance.
      let output =
        switch type {
        case .epsilon: noise
        case .v: level.signal / length * noise - level.noise / length * clean
        case .sample: clean
        }
      let prediction = Prediction(
        latents: try backend.tensor([Float(x)], shape: [1, 1, 1, 1]),
        output: try backend.tensor([Float(output)], shape: [1, 1, 1, 1]), level: level, type: type)
      #expect(abs(try prediction.denoised().floats()[0] - Float(clean)) < 1e-5)
      #expect(abs(try prediction.noise().floats()[0] - Float(noise)) < 1e-5)
    }
  }

  @Test func `Heun's type of the multistep solver differs from the midpoint's in the second step`() throws {
    let backend = try Backend.named("reference", threads: 1)
    let levels = [4.0, 2.0, 1.0].map { NoiseLevel.exploding(sigma: $0) }
    let plan = SamplingPlan(
      evaluations: (0..<2).map {
        SamplingPlan.Evaluation(timestep: 1, inputScale: 1, from: levels[$0], to: levels[$0 + 1])
      }, initialScale: 1)
    func last(_ isHeun: Bool) throws -> Float {
      var sampler = DPMSolverSampler(plan: plan, lowersLastOrder: false, isHeun: isHeun)
      var noise = PictureNoise(NoiseSettings(seed: 0), shape: [1, 1, 1, 1], backend: backend)
      var x = try backend.tensor([3], shape: [1, 1, 1, 1])
      for (index, clean) in [Float(1), 2].enumerated() {
        let prediction = Prediction(
          latents: x, output: try backend.tensor([clean], shape: [1, 1, 1, 1]), level: levels[index],
          type: .sample)
        x = try sampler.step(prediction, at: index, noise: &noise)
      }
      return try x.floats()[0]
    }
    // x₁ = 3/2 + 1/2 = 2; h = h₀ = log 2; x₂ = 2/2 + 2/2 + w·(2 − 1).
    #expect(abs(try last(false) - 2.25) < 1e-5)
    #expect(abs(try last(true) - (2 + 1 - 0.5 / 0.6931472)) < 1e-5)
  }
}
