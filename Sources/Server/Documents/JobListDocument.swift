/// The body of `GET /api/jobs`.
struct JobListDocument: Encodable, Sendable {
  var jobs: [JobDocument]
}
