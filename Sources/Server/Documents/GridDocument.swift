import Foundation
import Generation
import JobQueue
import Logs

/// A grid of experiments as its owner sees it.
struct GridDocument: Encodable, Sendable {
  /// One direction: the setting's name, the request's field, and what stands at each place.
  struct Axis: Codable, Hashable, Sendable {
    var axis: String
    /// Grids of earlier versions have not kept it.
    var field: String?
    var labels: [String]

    init(_ axis: GridPlan.Axis) {
      (self.axis, field, labels) = (axis.axis.label, axis.axis.field, axis.labels)
    }
  }

  /// What the queue keeps with a grid: its axes and where each job stands.
  struct Description: Codable, Hashable, Sendable {
    var x: Axis?, y: Axis?, z: Axis?
    /// Column, row and table of each job, in the order they are made.
    var places: [[Int]]

    init(_ plan: GridPlan) {
      x = plan.x.map(Axis.init)
      y = plan.y.map(Axis.init)
      z = plan.z.map(Axis.init)
      places = plan.cells.map { [$0.x, $0.y, $0.z] }
    }

    /// Reads what was kept.
    init(_ text: String) throws {
      self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
    }

    /// The text to keep.
    var text: String {
      get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }
  }

  /// One cell: its place and its job.
  struct Cell: Encodable, Sendable {
    var x: Int, y: Int, z: Int
    var job: JobDocument
  }

  let id: GridID
  let createdAt: Date
  let description: Description
  let cells: [Cell]

  /// Makes the document of a record whose jobs have these documents, in the same order.
  init(_ record: GridRecord, jobs: [JobDocument]) throws {
    id = record.id
    createdAt = record.createdAt
    let description = try Description(record.description)
    self.description = description
    cells = zip(record.jobs, jobs).compactMap { record, job in
      guard let place = record.cell?.place, description.places.indices.contains(place),
        description.places[place].count == 3
      else { return nil }
      let at = description.places[place]
      return Cell(x: at[0], y: at[1], z: at[2], job: job)
    }
  }

  enum CodingKeys: String, CodingKey {
    case id, x, y, z, total, done, open, cells
    case createdAt = "created_at"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(description.x, forKey: .x)
    try container.encode(description.y, forKey: .y)
    try container.encode(description.z, forKey: .z)
    try container.encode(description.places.count, forKey: .total)
    try container.encode(cells.count { $0.job.record.state == .finished }, forKey: .done)
    try container.encode(cells.count { !$0.job.record.state.isTerminal }, forKey: .open)
    try container.encode(cells, forKey: .cells)
    try container.encode(Timestamp.text(createdAt), forKey: .createdAt)
  }
}

/// The caller's grids.
struct GridListDocument: Encodable, Sendable {
  var grids: [GridDocument]
}
