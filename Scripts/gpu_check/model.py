"""Writes a Stable Diffusion 1.5 with random weights as a diffusers folder, without diffusers: random numbers take as
long to compute with as trained ones. `scale` divides all widths, for a quick look at the names."""

import json
import shutil
import struct
from pathlib import Path

import torch


class Tensors:
    """Names and shapes, in the order they are written."""

    def __init__(self):
        self.shapes = {}

    def add(self, name, *shape):
        self.shapes[name] = shape

    def linear(self, name, outputs, inputs, bias=True):
        self.add(f"{name}.weight", outputs, inputs)
        if bias:
            self.add(f"{name}.bias", outputs)

    def conv(self, name, outputs, inputs, kernel=3):
        self.add(f"{name}.weight", outputs, inputs, kernel, kernel)
        self.add(f"{name}.bias", outputs)

    def norm(self, name, channels):
        self.add(f"{name}.weight", channels)
        self.add(f"{name}.bias", channels)

    def resnet(self, name, inputs, outputs, time=None):
        self.norm(f"{name}.norm1", inputs)
        self.conv(f"{name}.conv1", outputs, inputs)
        if time:
            self.linear(f"{name}.time_emb_proj", outputs, time)
        self.norm(f"{name}.norm2", outputs)
        self.conv(f"{name}.conv2", outputs, outputs)
        if inputs != outputs:
            self.conv(f"{name}.conv_shortcut", outputs, inputs, 1)

    def attention(self, name, width, context):
        self.linear(f"{name}.to_q", width, width, bias=False)
        self.linear(f"{name}.to_k", width, context, bias=False)
        self.linear(f"{name}.to_v", width, context, bias=False)
        self.linear(f"{name}.to_out.0", width, width)

    def transformer(self, name, width, context, depth, linear):
        self.norm(f"{name}.norm", width)
        project = self.linear if linear else lambda place, outputs, inputs: self.conv(place, outputs, inputs, 1)
        project(f"{name}.proj_in", width, width)
        for number in range(depth):
            block = f"{name}.transformer_blocks.{number}"
            for place, keys in ((1, width), (2, context)):
                self.norm(f"{block}.norm{place}", width)
                self.attention(f"{block}.attn{place}", width, keys)
            self.norm(f"{block}.norm3", width)
            self.linear(f"{block}.ff.net.0.proj", 8 * width, width)
            self.linear(f"{block}.ff.net.2", width, 4 * width)
        project(f"{name}.proj_out", width, width)

    def write(self, path):
        """A safetensors file in float16: weights of a spread that keeps sums near one, norms that do nothing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        header, offset = {}, 0
        for name, shape in self.shapes.items():
            size = 2 * torch.Size(shape).numel()
            header[name] = {"dtype": "F16", "shape": list(shape), "data_offsets": [offset, offset + size]}
            offset += size
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        generator = torch.Generator().manual_seed(1)
        pool = torch.randn(1 << 22, generator=generator)
        with open(path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for name, shape in self.shapes.items():
                count = torch.Size(shape).numel()
                if len(shape) == 1:
                    values = torch.full((count,), 1.0 if name.endswith("weight") else 0.0)
                else:
                    start = torch.randint(1 << 21, (1,), generator=generator).item()
                    values = pool[start:].repeat(-(-count // len(pool[start:])))[:count]
                    values = values * (0.5 * (torch.Size(shape[1:]).numel() ** -0.5))
                file.write(values.half().numpy().tobytes())


def unet(widths, context, depths, added=0):
    """`depths`: transformer blocks by level, 0 for none; `added`: width of what SDXL adds to the time embedding."""
    t, base, time, levels = Tensors(), widths[0], 4 * widths[0], len(widths)
    t.conv("conv_in", base, 4)
    t.linear("time_embedding.linear_1", time, base)
    t.linear("time_embedding.linear_2", time, time)
    if added:
        t.linear("add_embedding.linear_1", time, added)
        t.linear("add_embedding.linear_2", time, time)
    channels, skips = base, [base]
    for level, width in enumerate(widths):
        place = f"down_blocks.{level}"
        for layer in range(2):
            t.resnet(f"{place}.resnets.{layer}", channels, width, time)
            channels = width
            if depths[level]:
                t.transformer(f"{place}.attentions.{layer}", width, context, depths[level], added)
            skips.append(channels)
        if level < levels - 1:
            t.conv(f"{place}.downsamplers.0.conv", width, width)
            skips.append(channels)
    for layer in range(2):
        t.resnet(f"mid_block.resnets.{layer}", channels, channels, time)
    t.transformer("mid_block.attentions.0", channels, context, depths[-1] or 1, added)
    for index, width in enumerate(reversed(widths)):
        place, depth = f"up_blocks.{index}", depths[levels - 1 - index]
        for layer in range(3):
            t.resnet(f"{place}.resnets.{layer}", channels + skips.pop(), width, time)
            channels = width
            if depth:
                t.transformer(f"{place}.attentions.{layer}", width, context, depth, added)
        if index < levels - 1:
            t.conv(f"{place}.upsamplers.0.conv", width, width)
    t.norm("conv_norm_out", base)
    t.conv("conv_out", 4, base)
    return t


def decoder(widths):
    t, channels = Tensors(), widths[-1]
    t.conv("post_quant_conv", 4, 4, 1)
    t.conv("decoder.conv_in", channels, 4)
    for layer in range(2):
        t.resnet(f"decoder.mid_block.resnets.{layer}", channels, channels)
    t.norm("decoder.mid_block.attentions.0.group_norm", channels)
    for name in ("to_q", "to_k", "to_v", "to_out.0"):
        t.linear(f"decoder.mid_block.attentions.0.{name}", channels, channels)
    for index, width in enumerate(reversed(widths)):
        for layer in range(3):
            t.resnet(f"decoder.up_blocks.{index}.resnets.{layer}", channels, width)
            channels = width
        if index < 3:
            t.conv(f"decoder.up_blocks.{index}.upsamplers.0.conv", width, width)
    t.norm("decoder.conv_norm_out", channels)
    t.conv("decoder.conv_out", 3, channels)
    return t


def text_encoder(width, layers, vocabulary, projects=False):
    t = Tensors()
    if projects:
        t.linear("text_projection", width, width, bias=False)
    t.add("text_model.embeddings.token_embedding.weight", vocabulary, width)
    t.add("text_model.embeddings.position_embedding.weight", 77, width)
    for layer in range(layers):
        place = f"text_model.encoder.layers.{layer}"
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            t.linear(f"{place}.self_attn.{name}", width, width)
        t.norm(f"{place}.layer_norm1", width)
        t.linear(f"{place}.mlp.fc1", 4 * width, width)
        t.linear(f"{place}.mlp.fc2", width, 4 * width)
        t.norm(f"{place}.layer_norm2", width)
    t.norm("text_model.final_layer_norm", width)
    return t


def configurations(scale, sdxl):
    """By part, what differs from the demo model's configuration."""
    width = 768 // scale
    parts = {
        "vae": dict(
            block_out_channels=[w // scale for w in (128, 256, 512, 512)], layers_per_block=2,
            norm_num_groups=32 // scale, mid_block_add_attention=True, sample_size=1024 if sdxl else 512,
            scaling_factor=0.13025 if sdxl else 0.18215, force_upcast=sdxl),
        "text_encoder": dict(
            hidden_size=width, intermediate_size=4 * width, num_attention_heads=12, num_hidden_layers=12,
            vocab_size=49408, projection_dim=width),
    }
    if not sdxl:
        parts["unet"] = dict(
            attention_head_dim=8, block_out_channels=[w // scale for w in (320, 640, 1280, 1280)],
            cross_attention_dim=width, layers_per_block=2, norm_num_groups=32 // scale, sample_size=64,
            down_block_types=["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
            up_block_types=["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3)
        return parts
    second = 1280 // scale
    parts["text_encoder_2"] = dict(
        architectures=["CLIPTextModelWithProjection"], hidden_act="gelu", hidden_size=second,
        intermediate_size=4 * second, num_attention_heads=20, num_hidden_layers=32, vocab_size=49408,
        projection_dim=second)
    parts["unet"] = dict(
        attention_head_dim=[5, 10, 20], block_out_channels=[w // scale for w in (320, 640, 1280)],
        cross_attention_dim=width + second, layers_per_block=2, norm_num_groups=32 // scale, sample_size=128,
        down_block_types=["DownBlock2D"] + ["CrossAttnDownBlock2D"] * 2,
        up_block_types=["CrossAttnUpBlock2D"] * 2 + ["UpBlock2D"], transformer_layers_per_block=[1, 2, 10],
        use_linear_projection=True, addition_embed_type="text_time", addition_time_embed_dim=256 // scale,
        projection_class_embeddings_input_dim=second + 6 * (256 // scale))
    return parts


def make(folder: Path, demo: Path, scale: int = 1, sdxl: bool = False):
    """The whole folder; configurations and vocabulary come from the demo model's, sizes from Stable Diffusion's."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("tokenizer", "scheduler"):
        shutil.copytree(demo / part, folder / part)
    index = json.loads((demo / "model_index.json").read_text())
    if sdxl:
        shutil.copytree(demo / "tokenizer", folder / "tokenizer_2")
        index.update(_class_name="StableDiffusionXLPipeline", text_encoder_2=["transformers", "CLIPTextModelWithProjection"],
                     tokenizer_2=["transformers", "CLIPTokenizer"], force_zeros_for_empty_prompt=True)
    (folder / "model_index.json").write_text(json.dumps(index, indent=2))
    parts = configurations(scale, sdxl)
    for part, changes in parts.items():
        config = {**json.loads((demo / part.removesuffix("_2") / "config.json").read_text()), **changes}
        (folder / part).mkdir(parents=True)
        (folder / part / "config.json").write_text(json.dumps(config, indent=2))
    u = parts["unet"]
    depths, added = ([0, 2, 10], u["projection_class_embeddings_input_dim"]) if sdxl else ([1, 1, 1, 0], 0)
    unet(u["block_out_channels"], u["cross_attention_dim"], depths, added).write(
        folder / "unet" / "diffusion_pytorch_model.safetensors")
    decoder(parts["vae"]["block_out_channels"]).write(folder / "vae" / "diffusion_pytorch_model.safetensors")
    for part in ("text_encoder", "text_encoder_2"):
        if part in parts:
            c = parts[part]
            text_encoder(c["hidden_size"], c["num_hidden_layers"], 49408, part.endswith("_2")).write(
                folder / part / "model.safetensors")
