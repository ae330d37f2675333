/// How many jobs of everybody wait and run.
struct QueueCounts: Encodable, Hashable, Sendable {
  var waiting = 0
  var running = 0
}
