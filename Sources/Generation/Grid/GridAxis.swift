/// One direction of a grid of experiments: a setting of the request that changes along it.
///
/// Names are those of A1111's script "X/Y/Z plot"; a request's own field names are understood too.
public struct GridAxis: Hashable, Sendable {
  /// What a value of the axis is.
  public enum Kind: Hashable, Sendable {
    /// A whole number; ranges are understood.
    case integer
    /// A number; ranges are understood.
    case number
    /// `true` or `false`.
    case boolean
    /// A name or another text.
    case text
    /// `512x768`: width and height.
    case size
    /// The first value is searched in both prompts and replaced by each.
    case searchAndReplace
    /// Every order of the values, at the places where the prompt has them.
    case promptOrder
    /// The lines of a file of prompts, see `PromptLine`.
    case promptLines
  }

  /// A1111's name.
  public let label: String
  /// The request's field that takes the value; `prompt` for both kinds of changed prompts, `width` for sizes.
  public let field: String
  /// What its values are.
  public let kind: Kind
  /// How dear a change of value is, 0…1: dear axes go outside, so that values change least often.
  public let cost: Double

  private init(_ label: String, _ field: String, _ kind: Kind, cost: Double = 0) {
    self.label = label
    self.field = field
    self.kind = kind
    self.cost = cost
  }

  /// Every axis: all settings of a request that change its pictures, but for the pictures it starts from.
  public static let all: [GridAxis] = [
    GridAxis("Seed", "seed", .integer),
    GridAxis("Var. seed", "variation_seed", .integer),
    GridAxis("Var. strength", "variation_strength", .number),
    GridAxis("Steps", "steps", .integer),
    GridAxis("Hires steps", "hires_steps", .integer),
    GridAxis("CFG Scale", "guidance_scale", .number),
    GridAxis("Prompt S/R", "prompt", .searchAndReplace),
    GridAxis("Prompt order", "prompt", .promptOrder),
    GridAxis("Prompts", "prompt", .promptLines),
    GridAxis("Negative prompt", "negative_prompt", .text),
    GridAxis("Sampler", "sampler", .text),
    GridAxis("Hires sampler", "hires_sampler", .text),
    GridAxis("Hires schedule type", "hires_schedule", .text),
    GridAxis("Hires upscale", "hires_scale", .number),
    GridAxis("Hires prompt", "hires_prompt", .text),
    GridAxis("Hires negative prompt", "hires_negative_prompt", .text),
    GridAxis("Checkpoint name", "model", .text, cost: 1),
    GridAxis("Sigma Churn", "sigma_churn", .number),
    GridAxis("Sigma min", "sigma_tmin", .number),
    GridAxis("Sigma max", "sigma_tmax", .number),
    GridAxis("Sigma noise", "sigma_noise", .number),
    GridAxis("Schedule type", "schedule", .text),
    GridAxis("Schedule min sigma", "schedule_sigma_min", .number),
    GridAxis("Schedule max sigma", "schedule_sigma_max", .number),
    GridAxis("Schedule rho", "schedule_rho", .number),
    GridAxis("Eta", "eta", .number),
    GridAxis("Clip skip", "clip_skip", .integer),
    GridAxis("Denoising", "strength", .number),
    GridAxis("Hires denoising", "hires_strength", .number),
    GridAxis("Hires upscaler", "hires_upscaler", .text),
    GridAxis("VAE", "vae", .text, cost: 0.7),
    GridAxis("Styles", "styles", .text),
    GridAxis("RNG source", "noise_source", .text),
    GridAxis("ENSD", "seed_delta", .integer),
    GridAxis("Emphasis", "emphasis", .text),
    GridAxis("Mask blur", "mask_blur", .integer),
    GridAxis("Masked content", "inpaint_fill", .text),
    GridAxis("Mask mode inverted", "mask_invert", .boolean),
    GridAxis("Inpaint area", "inpaint_area", .text),
    GridAxis("Masked area padding", "mask_padding", .integer),
    GridAxis("Outpaint left", "outpaint_left", .integer),
    GridAxis("Outpaint top", "outpaint_top", .integer),
    GridAxis("Outpaint right", "outpaint_right", .integer),
    GridAxis("Outpaint bottom", "outpaint_bottom", .integer),
    GridAxis("Resize mode", "resize_mode", .text),
    GridAxis("Loopback", "loopback", .text),
    GridAxis("Final denoising", "loopback_strength", .number),
    GridAxis("Tiling", "tiling", .boolean),
    GridAxis("Seed resize width", "seed_resize_from_w", .integer),
    GridAxis("Seed resize height", "seed_resize_from_h", .integer),
    GridAxis("Upscaler", "upscaler", .text),
    GridAxis("Upscale by", "upscale_by", .number),
    GridAxis("Watermark", "watermark", .text),
    GridAxis("Size", "width", .size),
    GridAxis("Width", "width", .integer),
    GridAxis("Height", "height", .integer),
  ]

  /// The axis of a name, in any case.
  /// - Throws: `UserError` `unknown_axis` with the nearest name.
  public static func named(_ name: String) throws(UserError) -> GridAxis {
    let folded = NameLookup.folded(name)
    let named = all.first { NameLookup.folded($0.label) == folded }
    guard let axis = named ?? all.first(where: { NameLookup.folded($0.field) == folded }) else {
      throw NameLookup.unknown("axis", name, among: all.map(\.label))
    }
    return axis
  }
}
