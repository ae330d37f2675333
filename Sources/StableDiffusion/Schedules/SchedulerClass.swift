/// The diffusers class whose arithmetic a sampler's `automatic` schedule follows.
public enum SchedulerClass: String, Sendable {
  /// Euler's method.
  case euler = "EulerDiscreteScheduler"
  /// Euler's method with fresh noise.
  case eulerAncestral = "EulerAncestralDiscreteScheduler"
  /// Linear multistep.
  case lms = "LMSDiscreteScheduler"
  /// Heun's method.
  case heun = "HeunDiscreteScheduler"
  /// DPM-Solver-2 in Karras' form.
  case kdpm2 = "KDPM2DiscreteScheduler"
  /// The same with fresh noise.
  case kdpm2Ancestral = "KDPM2AncestralDiscreteScheduler"
  /// DPM-Solver++ for the stochastic equation, one step at a time.
  case dpmSolverSDE = "DPMSolverSDEScheduler"
  /// DDIM.
  case ddim = "DDIMScheduler"
  /// PLMS: the class without its Runge-Kutta start.
  case pndm = "PNDMScheduler"
  /// DPM-Solver++(2M).
  case dpmSolver = "DPMSolverMultistepScheduler"
  /// UniPC.
  case uniPC = "UniPCMultistepScheduler"
  /// Latent consistency models.
  case lcm = "LCMScheduler"
}
