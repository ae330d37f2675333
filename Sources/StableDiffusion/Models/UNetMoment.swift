/// The step that some rows of a batch are at, and the conditioning of those rows alone.
struct UNetMoment {
  let step: Int
  let time: UNetTimeEmbeddings
  let conditioning: UNetConditioning
}
