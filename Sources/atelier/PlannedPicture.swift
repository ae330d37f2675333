import Generation
import StableDiffusion

/// One picture of a run.
struct PlannedPicture {
  /// What to make.
  var request: GenerationRequest
  /// Which picture of the request.
  var image: Int
  /// The model that `request.model` names.
  var model: LibraryModel
}
