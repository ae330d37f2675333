/// What the machine's owner may ask of a running server.
///
/// Who can open the socket may read the database anyway: it lies in the data folder, mode 0600.
enum ControlCommand: String, Sendable, CaseIterable {
  /// Is anybody there?
  case ping
  /// Copy the database into a file of the data folder, and name it.
  case backup
}
