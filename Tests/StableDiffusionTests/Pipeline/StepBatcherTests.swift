import Checkpoints
import Generation
import Pictures
import StableDiffusion
import Tensors
import Testing

/// Pictures made at the same time, their steps joined, against each made alone.
@Suite struct StepBatcherTests {
  /// A device's thread, as the worker has one.
  private actor Device {
    private let pipeline: Pipeline
    private let batcher = StepBatcher()

    /// The folder of a model that is made for the test may go once it is loaded.
    init(_ model: String, _ backend: String) throws {
      let layouts = model == XLTests.name ? try TwoLayouts(model) : nil
      pipeline = try Pipeline(
        folder: try ModelLibrary.open(path: try layouts?.folder ?? Goldens.path(model)),
        backend: try Backend.named(backend, threads: 2), sharing: 3)
    }

    var largestBatch: Int { batcher.largestBatch }

    func picture(_ request: GenerationRequest, joined: Bool) async throws -> [UInt8] {
      var device = PictureMaking.Device(makeRoom: {}, wider: { nil })
      if joined {
        batcher.join()
        device.perform = { try await self.batcher.perform($0) }
      }
      defer { if joined { batcher.leave() } }
      let making = PictureMaking(request, nil, on: pipeline, device: device)
      return try await making.picture(0) { _, _ in }.pixels.rgb
    }
  }

  /// Jobs of one size with settings of their own.
  private static func requests() -> [GenerationRequest] {
    var ancestral = PipelineTests.request("Euler a", steps: 5, guidance: 7)
    (ancestral.prompt, ancestral.seed) = ("a large green star, white background", 99)
    var plain = PipelineTests.request("DPM++ 2M", "karras", steps: 3, guidance: 1)
    (plain.prompt, plain.negativePrompt, plain.seed) = ("blue", "", 5)
    return [PipelineTests.request(steps: 4), ancestral, plain]
  }

  private static let backends = Backend.all.filter { $0.absence == nil }.map(\.name)

  @Test(arguments: backends, Goldens.models + [XLTests.name])
  func `each of three pictures is, byte by byte, what it is alone`(backend: String, model: String)
    async throws
  {
    let requests = Self.requests()
    let device = try Device(model, backend)
    var alone: [[UInt8]] = []
    for request in requests { alone.append(try await device.picture(request, joined: false)) }
    async let first = device.picture(requests[0], joined: true)
    async let second = device.picture(requests[1], joined: true)
    async let third = device.picture(requests[2], joined: true)
    let together = try await [first, second, third]
    #expect(together == alone)
    #expect(await device.largestBatch == 3)
  }

  @Test func `texts of other lengths are not joined and not wrong`() async throws {
    var long = PipelineTests.request(steps: 3)
    long.prompt = String(repeating: "a small red circle, ", count: 30)
    let short = PipelineTests.request(steps: 3)
    let device = try Device("tiny-sd1", "cpu")
    let alone = [
      try await device.picture(long, joined: false), try await device.picture(short, joined: false),
    ]
    async let first = device.picture(long, joined: true)
    async let second = device.picture(short, joined: true)
    #expect(try await [first, second] == alone)
  }

  @Test func `one that is cancelled leaves the others right`() async throws {
    let requests = Self.requests()
    let device = try Device("tiny-sd1", "cpu")
    let alone = try await device.picture(requests[0], joined: false)
    var endless = requests[1]
    endless.steps = 150
    let cancelled = Task { [endless] in try await device.picture(endless, joined: true) }
    async let kept = device.picture(requests[0], joined: true)
    while await device.largestBatch < 2 { await Task.yield() }
    cancelled.cancel()
    #expect(try await kept == alone)
    await #expect(throws: CancellationError.self) { try await cancelled.value }
  }

  @Test func `one that fails leaves the others right`() async throws {
    let requests = Self.requests()
    let device = try Device("tiny-sd1", "cpu")
    let alone = try await device.picture(requests[0], joined: false)
    var unknown = requests[1]
    unknown.prompt = "<lora:none:1>"
    let failing = Task { [unknown] in try await device.picture(unknown, joined: true) }
    async let kept = device.picture(requests[0], joined: true)
    #expect(try await kept == alone)
    await #expect(throws: UserError.self) { try await failing.value }
  }
}
