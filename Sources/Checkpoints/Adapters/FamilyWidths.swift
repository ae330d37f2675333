/// The families of models by the width of the hidden states their UNets read.
public enum FamilyWidths {
  private static let widths = [768: "sd1", 1024: "sd2", 2048: "sdxl"]

  /// `sd1`, `sd2` or `sdxl`; nil for a width none of them has.
  public static func family(contextWidth: Int) -> String? { widths[contextWidth] }
}
