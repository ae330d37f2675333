import Synchronization

/// The vocabulary near a model file, looked for when it is first needed: a list of models needs none.
final class VocabularySearch: Sendable {
  private enum State {
    case open
    case done(VocabularyFolder?)
  }

  private let file: String
  private let tokens: Int
  private let state = Mutex(State.open)

  /// Will look for a vocabulary of `tokens` tokens near `file`.
  init(beside file: String, tokens: Int) {
    self.file = file
    self.tokens = tokens
  }

  /// The folder, if there is one.
  var folder: VocabularyFolder? {
    state.withLock { state in
      if case .done(let folder) = state { return folder }
      let folder = VocabularyFolder.find(beside: file, tokens: tokens)
      state = .done(folder)
      return folder
    }
  }
}
