import Checkpoints

/// The original layout's names (CompVis, `openaimodel.py`) for the modules of a UNet, which some LoRAs use: kohya's
/// for SDXL, and those made with other tools.
struct OriginalModulePaths {
  private static let inner = [
    "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
    "conv2": "out_layers.3", "conv_shortcut": "skip_connection",
  ]

  /// By diffusers' path of a block, its place in the original layout.
  private var places = [
    "conv_in": "input_blocks.0.0", "conv_out": "out.2", "conv_norm_out": "out.0",
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2",
    "mid_block.resnets.0": "middle_block.0", "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.1": "middle_block.2",
  ]

  init(_ config: UNetConfig) {
    let levels = config.blockOutputChannels.count
    var number = 1
    for level in 0..<levels {
      for layer in 0..<config.layersPerBlock[level] {
        places["down_blocks.\(level).resnets.\(layer)"] = "input_blocks.\(number).0"
        places["down_blocks.\(level).attentions.\(layer)"] = "input_blocks.\(number).1"
        number += 1
      }
      if level < levels - 1 {
        places["down_blocks.\(level).downsamplers.0.conv"] = "input_blocks.\(number).0.op"
        number += 1
      }
    }
    number = 0
    for (index, kind) in config.upBlocks.enumerated() {
      let layers = config.layersPerBlock[levels - 1 - index]
      for layer in 0...layers {
        places["up_blocks.\(index).resnets.\(layer)"] = "output_blocks.\(number).0"
        places["up_blocks.\(index).attentions.\(layer)"] = "output_blocks.\(number).1"
        if layer == layers {
          let part = kind == .crossAttention ? 2 : 1
          places["up_blocks.\(index).upsamplers.0.conv"] = "output_blocks.\(number).\(part).conv"
        }
        number += 1
      }
    }
  }

  /// The original path of a module that diffusers calls `path`; nil for what the original does not have.
  func original(_ path: String) -> String? {
    if let place = places[path] { return place }
    let parts = path.split(separator: ".").map(String.init)
    for count in stride(from: min(parts.count - 1, 4), through: 2, by: -1) {
      guard let place = places[parts.prefix(count).joined(separator: ".")] else { continue }
      let rest = parts.dropFirst(count).joined(separator: ".")
      return "\(place).\(parts.contains("resnets") ? Self.inner[rest] ?? rest : rest)"
    }
    return nil
  }
}
