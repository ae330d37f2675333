import Generation
import HTTP
import HTTPTypes
import JobQueue

/// `GET /api/jobs?limit=&before=&state=`: the caller's jobs, newest first.
struct ListJobs: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let records = try await services.store.jobs(owner: user, page: try page(request.head.target))
    return try .document(JobListDocument(jobs: try await services.documents(records)))
  }

  private func page(_ target: RequestTarget) throws(APIError) -> JobPage {
    var page = JobPage()
    for item in target.query {
      switch item.name {
      case "limit":
        guard let limit = Int(item.value), (1...200).contains(limit) else {
          throw wrong("limit", "an integer between 1 and 200", item.value)
        }
        page.limit = limit
      case "before":
        guard RandomName.isValid(item.value, bytes: 16) else {
          throw wrong("before", "a job's id", item.value)
        }
        page.before = JobID(item.value)
      case "state":
        for name in item.value.split(separator: ",") {
          guard let state = JobState(rawValue: String(name)) else {
            let states = JobState.allCases.map(\.rawValue).joined(separator: ", ")
            throw wrong("state", "some of \(states)", item.value)
          }
          page.states.insert(state)
        }
      default: continue
      }
    }
    return page
  }

  private func wrong(_ name: String, _ expected: String, _ value: String) -> APIError {
    .invalid(
      "bad_query", "\(name) must be \(expected); got '\(JSONValue.shortened(value))'", field: name)
  }
}
