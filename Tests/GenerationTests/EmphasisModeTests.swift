import Generation
import Testing

@Suite("Emphasis modes") struct EmphasisModeTests {
  @Test(arguments: ["no_norm", "No norm", "NO-NORM"]) func `a mode is known by either kind of name`(
    name: String
  ) {
    #expect(EmphasisMode.named(name) == .noNorm)
  }

  @Test(arguments: EmphasisMode.allCases) func `every mode is known by its label`(mode: EmphasisMode) {
    #expect(EmphasisMode.named(mode.label) == mode)
  }

  @Test func `another word is no mode`() { #expect(EmphasisMode.named("norm") == nil) }
}
