import Generation

/// The newest progress of a running job, with a preview when the worker sent one.
struct ProgressNews: Hashable, Sendable {
  var job: JobID
  var progress: GenerationProgress
  /// A small PNG or JPEG; empty when there is none.
  var preview: [UInt8] = []
}
