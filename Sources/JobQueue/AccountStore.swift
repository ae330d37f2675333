public import FoundationEssentials
public import Generation

/// People with passwords, what lets programs act for them, and what admins did.
///
/// Names are told apart by a key that the caller makes of them, so that names people would confuse are
/// the same name. Secrets (session cookies, API tokens, invitation codes) are known by their SHA-256 in
/// lower-case hexadecimal only. What an admin changes is in the audit log by the same transaction.
public protocol AccountStore: Sendable {
  /// Makes an account by an invitation, which is used up by it.
  func createAccount(_ account: NewAccount, invitationSHA256: String) async throws(JobQueueError)
    -> AccountOutcome

  /// Makes an admin, or makes the account of that name one with this password; for the machine's owner.
  ///
  /// All its sessions end. `isNew` is false when there was one of that name.
  func createAdmin(_ account: NewAccount) async throws(JobQueueError) -> (record: AccountRecord, isNew: Bool)

  /// How many accounts may log in as admin.
  func adminCount() async throws(JobQueueError) -> Int

  /// The account with a name's key and its password's hash; nil when there is none.
  func credentials(nameKey: String) async throws(JobQueueError) -> (record: AccountRecord, hash: String)?

  /// The same by the user.
  func credentials(_ id: UserID) async throws(JobQueueError) -> (record: AccountRecord, hash: String)?

  /// Opens a session for an account and notes the log-in; nil when it was shut out, or its password changed,
  /// since it was looked at.
  ///
  /// - Parameters:
  ///   - verified: the hash that the password was found to belong to.
  ///   - rehashed: a better hash of the same password, to be kept instead.
  func logIn(_ id: UserID, tokenSHA256: String, expires: Date, verified: String, rehashed: String?)
    async throws(JobQueueError) -> AccountRecord?

  /// Replaces a password and all the user's sessions by one new one; nil when the account was shut out, or its
  /// password changed, since it was looked at.
  ///
  /// - Parameter verified: the hash that the old password was found to belong to.
  func changePassword(_ id: UserID, verified: String, hash: String, tokenSHA256: String, expires: Date)
    async throws(JobQueueError) -> AccountRecord?

  /// Changes an account for an admin; its sessions end when it is shut out or gets a new password, its
  /// API tokens when it is shut out.
  func updateAccount(_ id: UserID, _ change: AccountChange, by actor: AuditActor)
    async throws(JobQueueError) -> AccountOutcome

  /// Everybody, oldest first, with counts.
  func users() async throws(JobQueueError) -> [UserSummary]

  /// One user, with counts.
  func user(_ id: UserID) async throws(JobQueueError) -> UserSummary?

  /// Shuts a user without an account out, or lets it in again; false when there is none of that name.
  func setBanned(_ id: UserID, _ isBanned: Bool, by actor: AuditActor) async throws(JobQueueError) -> Bool

  /// Users without an account who are shut out.
  func bannedUsers() async throws(JobQueueError) -> Set<UserID>

  /// Which of these sessions (by their SHA-256) and API tokens (by their names) let nobody in any more.
  func endedCredentials(sessions: [String], tokens: [String]) async throws(JobQueueError)
    -> (sessions: Set<String>, tokens: Set<String>)

  /// How many users there are, and the bytes of all their pictures.
  func totals() async throws(JobQueueError) -> (users: Int, imageBytes: Int)

  /// Ends every session of a user.
  func closeSessions(of id: UserID) async throws(JobQueueError)

  /// Makes an API token; nil when the user has `limit` of them already.
  func createToken(_ token: NewToken, limit: Int) async throws(JobQueueError) -> TokenRecord?

  /// A user's API tokens, oldest first.
  func tokens(of id: UserID) async throws(JobQueueError) -> [TokenRecord]

  /// Deletes a user's API token; false when the user has none of that name.
  func deleteToken(_ id: String, owner: UserID) async throws(JobQueueError) -> Bool

  /// The token with a secret and its owner's account, unless it is over or the owner is shut out.
  func useToken(secretSHA256: String) async throws(JobQueueError)
    -> (token: TokenRecord, owner: AccountRecord)?

  /// Makes an invitation for one person.
  func createInvitation(codeSHA256: String, role: UserRole, expires: Date, by actor: AuditActor)
    async throws(JobQueueError) -> InvitationRecord

  /// Invitations, newest first; those that ended long ago are forgotten.
  func invitations() async throws(JobQueueError) -> [InvitationRecord]

  /// Takes an invitation back; false when there is none of that name.
  func deleteInvitation(_ id: String, by actor: AuditActor) async throws(JobQueueError) -> Bool

  /// Appends to the audit log what was done elsewhere.
  func audit(_ action: String, subject: String, detail: String, by actor: AuditActor)
    async throws(JobQueueError)

  /// The audit log, newest first, at most `limit` entries before a number.
  func auditEntries(limit: Int, before: Int64?) async throws(JobQueueError) -> [AuditEntry]

  /// Jobs of everybody that wait or run, oldest first, at most 1000, without their pictures.
  func openJobs(_ which: OpenJob.Filter) async throws(JobQueueError) -> [OpenJob]
}
