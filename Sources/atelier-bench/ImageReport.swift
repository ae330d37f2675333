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
