/// A name that cannot be mistaken for a name of another kind; in JSON a bare string.
public struct Identifier<Kind>: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The text clients see.
  public let rawValue: String

  /// Wraps text already known to be such a name.
  public init(_ rawValue: String) { self.rawValue = rawValue }

  /// Reads a bare JSON string.
  public init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  /// Writes a bare JSON string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  /// The text clients see.
  public var description: String { rawValue }
}

/// The kinds of `Identifier`.
public enum IdentifierKind {
  /// See `JobID`.
  public enum Job {}
  /// See `ImageID`.
  public enum Image {}
  /// See `UserID`.
  public enum User {}
  /// See `WorkerID`.
  public enum Worker {}
  /// See `UploadID`.
  public enum Upload {}
  /// See `GridID`.
  public enum Grid {}
}

/// A job's public name: 22 characters of base64url, 128 random bits made by the server.
public typealias JobID = Identifier<IdentifierKind.Job>
/// A picture's public name: 22 characters of base64url, 128 random bits made by the server.
public typealias ImageID = Identifier<IdentifierKind.Image>
/// The owner of jobs and pictures, never shown to other users.
public typealias UserID = Identifier<IdentifierKind.User>
/// A worker's name, chosen by the worker at its first start and kept in its data folder.
public typealias WorkerID = Identifier<IdentifierKind.Worker>
/// An uploaded input picture's name, valid for its owner only.
public typealias UploadID = Identifier<IdentifierKind.Upload>
/// A grid of experiments' public name: 22 characters of base64url, 128 random bits made by the server.
public typealias GridID = Identifier<IdentifierKind.Grid>
