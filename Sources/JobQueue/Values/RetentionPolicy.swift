/// How long users' things are kept.
public struct RetentionPolicy: Equatable, Sendable {
  /// Pictures, uploads and ended jobs without pictures older than this go; nil keeps them for ever.
  public var age: Duration?
  /// A user with more bytes of pictures than this loses the oldest; nil sets no such limit.
  public var bytesPerUser: Int?
  /// Most rows one call forgets.
  public var batch = 200

  /// Keeps everything unless told otherwise.
  public init(age: Duration? = nil, bytesPerUser: Int? = nil) {
    self.age = age
    self.bytesPerUser = bytesPerUser
  }

  /// Whether nothing ever goes.
  public var keepsEverything: Bool { age == nil && bytesPerUser == nil }
}
