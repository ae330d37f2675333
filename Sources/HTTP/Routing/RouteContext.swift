/// What a handler is told beside the request.
public struct RouteContext<Identity: Sendable>: Sendable {
  /// Who asks, as `authorize` found.
  public let identity: Identity
  /// The values of the path's parameters.
  public let parameters: PathParameters

  /// A context made by hand, for tests of handlers.
  public init(identity: Identity, parameters: [String: String] = [:]) {
    self.identity = identity
    self.parameters = PathParameters(values: parameters)
  }

  init(identity: Identity, matched parameters: PathParameters) {
    self.identity = identity
    self.parameters = parameters
  }
}
