"""Tiny upscalers of the ESRGAN family with random weights, in the three namings, and what PyTorch makes with them."""
import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

import common
import picture_files_golden

WIDTH, GROWTH = 6, 3


class Dense(nn.Module):
    def __init__(self):
        super().__init__()
        for index in range(5):
            outputs = WIDTH if index == 4 else GROWTH
            self.add_module(f"conv{index + 1}", nn.Conv2d(WIDTH + index * GROWTH, outputs, 3, 1, 1))

    def forward(self, x):
        seen = [x]
        for index in range(4):
            seen.append(functional.leaky_relu(getattr(self, f"conv{index + 1}")(torch.cat(seen, 1)), 0.2))
        return x + 0.2 * self.conv5(torch.cat(seen, 1))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = Dense(), Dense(), Dense()

    def forward(self, x):
        return x + 0.2 * self.rdb3(self.rdb2(self.rdb1(x)))


class Residual(nn.Module):
    """Enlarges four times; with `unshuffle` 2 of pictures whose 2×2 pixels are channels, so twice."""

    def __init__(self, unshuffle=1):
        super().__init__()
        self.unshuffle = unshuffle
        self.conv_first = nn.Conv2d(3 * unshuffle**2, WIDTH, 3, 1, 1)
        self.body = nn.Sequential(Block())
        for name in ("conv_body", "conv_up1", "conv_up2", "conv_hr"):
            self.add_module(name, nn.Conv2d(WIDTH, WIDTH, 3, 1, 1))
        self.conv_last = nn.Conv2d(WIDTH, 3, 3, 1, 1)

    def forward(self, x):
        x = self.conv_first(functional.pixel_unshuffle(x, self.unshuffle) if self.unshuffle > 1 else x)
        x = x + self.conv_body(self.body(x))
        for conv in (self.conv_up1, self.conv_up2):
            x = functional.leaky_relu(conv(functional.interpolate(x, scale_factor=2, mode="nearest")), 0.2)
        return self.conv_last(functional.leaky_relu(self.conv_hr(x), 0.2))


class Compact(nn.Module):
    def __init__(self, scale=2):
        super().__init__()
        self.scale = scale
        self.body = nn.Sequential(
            nn.Conv2d(3, WIDTH, 3, 1, 1), nn.PReLU(WIDTH), nn.Conv2d(WIDTH, WIDTH, 3, 1, 1), nn.PReLU(WIDTH),
            nn.Conv2d(WIDTH, 3 * scale**2, 3, 1, 1))

    def forward(self, x):
        base = functional.interpolate(x, scale_factor=self.scale, mode="nearest")
        return functional.pixel_shuffle(self.body(x), self.scale) + base


def randomise(module, seed, spread=1.0, centre=0.0):
    """Weights whose results stay near a picture's range, rounded to half precision as they are stored."""
    for offset, (name, parameter) in enumerate(sorted(module.named_parameters())):
        noise = common.normal(seed + offset, *parameter.shape)
        if parameter.dim() > 1:
            noise *= (1.0 if "last" not in name else spread) / parameter[0].numel()**0.5
        else:
            noise = 0.1 * noise + (centre if name.startswith("conv_last") else 0)
        parameter.copy_(noise.half().float())
    return module.eval()


def first_naming(name):
    """The names of the first ESRGAN, which count layers."""
    parts = name.split(".")
    fixed = {"conv_first": "model.0", "conv_body": "model.1.sub.1", "conv_up1": "model.3", "conv_up2": "model.6",
             "conv_hr": "model.8", "conv_last": "model.10"}
    if parts[0] in fixed:
        return f"{fixed[parts[0]]}.{parts[1]}"
    return f"model.1.sub.{parts[1]}.{parts[2].upper()}.{parts[3]}.0.{parts[4]}"


def made(module):
    picture = torch.from_numpy(np.array(picture_files_golden.photograph())).permute(2, 0, 1)[None].float() / 255
    return (module(picture)[0].permute(1, 2, 0).clamp(0, 1) * 255).round().to(torch.uint8).contiguous()


def make(out):
    folder = out / "upscalers"
    folder.mkdir(parents=True, exist_ok=True)
    residual = randomise(Residual(), 900, 0.3, 0.5)
    double = randomise(Residual(unshuffle=2), 950, 0.3, 0.5)
    compact = randomise(Compact(), 980)
    halves = {name: value.half() for name, value in residual.state_dict().items()}
    torch.save({first_naming(name): value for name, value in halves.items()}, folder / "first.pth")
    save_file({name: value.half() for name, value in double.state_dict().items()}, str(folder / "double.safetensors"))
    torch.save({"params": {name: value.half() for name, value in compact.state_dict().items()}}, folder / "compact.pth")
    save_file(
        {"residual": made(residual), "double": made(double), "compact": made(compact),
         "source": torch.from_numpy(np.array(picture_files_golden.photograph()))},
        str(folder / "pictures.safetensors"))
