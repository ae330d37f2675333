"""Writes a model's three networks in OpenVINO's format, half precision, for one size of picture."""
import pathlib
import shutil

import openvino
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel

import measure


class Call(torch.nn.Module):
    """A network whose call is a function of tensors alone."""

    def __init__(self, network, call):
        super().__init__()
        self.network = network.eval()
        self.call = call

    def forward(self, *inputs):
        return self.call(self.network, *inputs)


def write(file, network, call, *inputs):
    shapes = [list(tensor.shape) for tensor in inputs]
    model = openvino.convert_model(Call(network, call), example_input=inputs, input=shapes)
    openvino.save_model(model, str(file), compress_to_fp16=True)


def main():
    given = measure.arguments()
    measure.settle(given.threads)
    folder, side = pathlib.Path(given.converted), given.size // 8
    if folder.exists():
        return
    # A conversion that was cut off is made again.
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    write(partial / "text.xml", CLIPTextModel.from_pretrained(given.model + "/text_encoder", dtype=torch.float32),
          lambda network, ids: network(ids).last_hidden_state, measure.token_ids(given.model))
    unet = UNet2DConditionModel.from_pretrained(given.model + "/unet")
    write(partial / "unet.xml", unet, lambda network, x, time, hidden: network(x, time, hidden).sample,
          torch.randn(2, 4, side, side), torch.tensor(500.0), torch.randn(2, 77, unet.config.cross_attention_dim))
    write(partial / "vae.xml", AutoencoderKL.from_pretrained(given.model + "/vae"),
          lambda network, x: network.decode(x).sample, torch.randn(1, 4, side, side))
    partial.rename(folder)


if __name__ == "__main__":
    main()
