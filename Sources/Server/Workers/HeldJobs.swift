import Generation
import JobQueue

/// What a worker has: the job on its device, and the one before while its pictures are on their way.
struct HeldJobs: Sendable {
  /// The job that keeps the worker from taking another.
  private(set) var onDevice: HeldJob?
  /// The job whose pictures are being saved.
  private(set) var saving: HeldJob?

  /// Whether there is none.
  var isEmpty: Bool { onDevice == nil && saving == nil }

  /// Every attempt, the oldest first.
  var attempts: [JobAttempt] { [saving, onDevice].compactMap { $0?.attempt } }

  /// The job of an attempt, to be looked at or changed; nil, and what is set is dropped, when it is none of these.
  subscript(attempt: JobAttempt) -> HeldJob? {
    get { onDevice?.attempt == attempt ? onDevice : saving?.attempt == attempt ? saving : nil }
    set {
      if onDevice?.attempt == attempt {
        onDevice = newValue
      } else if saving?.attempt == attempt {
        saving = newValue
      }
    }
  }

  /// The attempt of a job by its name.
  func attempt(of id: JobID) -> JobAttempt? {
    [onDevice, saving].compactMap { $0 }.first { $0.lease.id == id }?.attempt
  }

  /// Adds a job; one that a reconnected worker named before it is the one being saved.
  ///
  /// False when there is no place.
  mutating func add(_ job: HeldJob) -> Bool {
    guard saving == nil || onDevice == nil else { return false }
    if onDevice != nil { saving = onDevice }
    onDevice = job
    return true
  }

  /// The device is done with a job; false when it was not the device's, or another is still being saved.
  mutating func noteSaving(_ attempt: JobAttempt) -> Bool {
    guard saving == nil, onDevice?.attempt == attempt else { return false }
    (saving, onDevice) = (onDevice, nil)
    return true
  }
}
