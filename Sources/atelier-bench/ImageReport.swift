import Generation
import StableDiffusion
import Tensors

/// Where one picture's seconds went.
struct ImageTiming {
  /// Prompts, time embeddings and the first noise: near 0 after the first picture of a request.
  let begin: Double
  /// Seconds of each model evaluation with its step.
  let steps: [Double]
  let decode: Double

  var total: Double { begin + steps.reduce(0, +) + decode }

  init(_ pipeline: Pipeline, _ request: GenerationRequest, index: Int) throws {
    let clock = ContinuousClock()
    var last = clock.now
    func lap() -> Double {
      let now = clock.now
      defer { last = now }
      return (now - last) / .seconds(1)
    }
    var denoising = try pipeline.begin(request, image: index)
    try pipeline.backend.synchronize()
    begin = lap()
    var steps: [Double] = []
    while try denoising.step() {
      try pipeline.backend.synchronize()
      steps.append(lap())
    }
    self.steps = steps
    _ = try denoising.finish()
    decode = lap()
  }
}

/// What `image` prints.
struct ImageReport: Encodable {
  let backend: String
  let device: String
  let threads: Int
  let size: Int
  let steps: Int
  let loadSeconds: Double
  let firstPictureSeconds: Double
  let medianPictureSeconds: Double
  let textSeconds: Double
  let stepSeconds: Double
  let decodeSeconds: Double

  enum CodingKeys: String, CodingKey {
    case backend, device, threads, size, steps
    case loadSeconds = "load_seconds"
    case firstPictureSeconds = "first_picture_seconds"
    case medianPictureSeconds = "median_picture_seconds"
    case textSeconds = "text_seconds"
    case stepSeconds = "median_step_seconds"
    case decodeSeconds = "decode_seconds"
  }

  init(
    backend: String, device: String, threads: Int, size: Int, steps: Int, load: Double, runs: [ImageTiming]
  ) {
    self.backend = backend
    self.device = device
    self.threads = threads
    self.size = size
    self.steps = steps
    loadSeconds = load
    firstPictureSeconds = runs.first?.total ?? 0
    medianPictureSeconds = Self.middle(runs.map(\.total))
    textSeconds = runs.first?.begin ?? 0
    stepSeconds = Self.middle(runs.flatMap(\.steps))
    decodeSeconds = Self.middle(runs.map(\.decode))
  }

  private static func middle(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }

  /// Prints it as a table, or as one JSON object.
  func show(json: Bool) throws {
    if json { return try printJSON(self) }
    print("image \(size)×\(size), \(steps) steps: \(backend) on \(device), \(threads) threads")
    let lines = [
      ("load", loadSeconds), ("first picture", firstPictureSeconds),
      ("picture (median)", medianPictureSeconds), ("  text and set-up", textSeconds),
      ("  step (median)", stepSeconds), ("  decode (median)", decodeSeconds),
    ]
    for (name, seconds) in lines {
      print("  \(padded(name, 20)) \(padded("\(rounded(seconds * 1000)) ms", -14))")
    }
  }
}
