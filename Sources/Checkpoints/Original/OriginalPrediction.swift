/// What a file in the original layout says, or leaves to be concluded, about the prediction.
///
/// In this order: a tensor `v_pred` (and `ztsnr`: β shifted to zero signal), as trainers leave since 2024;
/// `modelspec.prediction_type` in the metadata (Stability-AI, ModelSpec 1.0.0); `global_step` 875000, which is
/// SD 2.0 base's (as diffusers' `single_file_utils`); else v for SD 2.x, noise for SD 1.x and SDXL.
struct OriginalPrediction: Equatable {
  let predictsV: Bool
  let hasZeroSNR: Bool

  init(_ file: any TensorFile, family: ModelFamily) {
    hasZeroSNR = file.entries.contains { $0.name == "ztsnr" }
    let declared = file.metadata["modelspec.prediction_type"]?.lowercased()
    if file.entries.contains(where: { $0.name == "v_pred" }) || declared == "v" || declared == "v_prediction"
    {
      predictsV = true
    } else if declared == "epsilon" || file.metadata["global_step"] == "875000" {
      predictsV = false
    } else {
      predictsV = family == .sd2
    }
  }
}
