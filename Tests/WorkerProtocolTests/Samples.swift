import Generation

@testable import WorkerProtocol

/// One of every message, for round trips.
enum Samples {
  static let attempt = JobAttempt(job: 0x0102_0304_0506_0708, attempt: 3)
  static let request = GenerationRequest(
    prompt: "un chat 🐈 \"assis\"\nsur un toit", negativePrompt: "rain", model: "atelier-demo",
    sampler: "DPM++ 2M", schedule: "karras", steps: 20, guidanceScale: 7.5, width: 256, height: 128,
    batchCount: 3, seed: (1 << 53) - 1, eta: 0.5, clipSkip: 2)
  static let capabilities = WorkerCapabilities(
    version: "0.1.0", device: "CPU, 2 threads", backend: "reference",
    models: [
      ModelDescription(
        name: "atelier-demo", family: "sd1", sha256: "ab", bytes: 12, precision: "float16",
        defaults: ModelDefaults(width: 256, height: 256), examples: [ExamplePrompt(en: "a", fr: "é")])
    ],
    samplers: [SamplerDescription(name: "Euler", aliases: ["euler"])],
    schedules: [SamplerDescription(name: "automatic")])
  static let picture = WorkerPicture(
    index: 2, seed: -5, width: 256, height: 128, png: [1, 2, 3], thumbnail: [9, 8])

  static let server: [ServerMessage] = [
    .challenge(version: 1, nonce: [UInt8](repeating: 7, count: 32)),
    .welcome(proof: [UInt8](repeating: 9, count: 32)), .assign(attempt, request), .cancel(attempt),
    .input(
      attempt,
      InputChunk(sha256: String(repeating: "0a", count: 32), offset: 2, total: 9, bytes: [1, 2, 3])),
    .proceed(attempt), .acknowledge(attempt, accepted: true), .acknowledge(attempt, accepted: false),
    .heartbeat, .goodbye,
  ]

  static let worker: [WorkerMessage] = [
    .hello(
      HandshakeHello(
        version: 1, worker: WorkerID("gpu-1.local_A"), nonce: [UInt8](repeating: 1, count: 32),
        proof: [UInt8](repeating: 2, count: 32))),
    .capabilities(capabilities), .resume(HeldAttempt(attempt, .running)),
    .resume(HeldAttempt(attempt, .unacknowledged)), .accepted(attempt), .started(attempt),
    .progress(attempt, GenerationProgress(phase: .denoising, done: 3, total: 60, etaSeconds: 1.25)),
    .preview(attempt, [0x89, 0x50]), .image(attempt, picture),
    .image(attempt, WorkerPicture(index: 0, seed: 1, width: 8, height: 8, png: [1], isFlagged: true)),
    .completed(
      attempt, GenerationSummary(images: 3, load: 1, text: 0.5, denoise: 9, decode: 2, evaluations: 60)),
    .failed(
      attempt,
      WorkerFailure(UserError(code: "oom", message: "out of memory", field: "width"), retryable: true)),
    .cancelled(attempt), .heartbeat(attempt, WorkerVitals(evaluations: 12, memoryUsed: 1, memoryTotal: 2)),
    .heartbeat(nil, WorkerVitals(evaluations: 0)), .drain, .goodbye,
  ]

  /// Every worker message after the handshake, one after the other.
  static func workerStream() throws -> [UInt8] {
    try worker.dropFirst().flatMap { try FrameEncoder.encode(try $0.frame()) }
  }
}
