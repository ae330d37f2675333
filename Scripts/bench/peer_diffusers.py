"""diffusers on torch, channels last."""
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel

import measure


def main():
    given = measure.arguments()
    measure.settle(given.threads)
    laps = measure.Laps()
    kind = torch.bfloat16 if given.bf16 else torch.float32
    text = CLIPTextModel.from_pretrained(given.model + "/text_encoder", dtype=kind).eval()
    unet = UNet2DConditionModel.from_pretrained(given.model + "/unet", torch_dtype=kind).eval()
    vae = AutoencoderKL.from_pretrained(given.model + "/vae", torch_dtype=kind).eval()
    unet.to(memory_format=torch.channels_last)
    vae.to(memory_format=torch.channels_last)
    ids = measure.token_ids(given.model)
    load = laps()
    run = lambda: measure.picture(  # noqa: E731
        given, ids,
        lambda tokens: text(tokens).last_hidden_state,
        lambda latents, timestep, hidden: unet(
            latents.to(kind).contiguous(memory_format=torch.channels_last), timestep, hidden).sample,
        lambda latents: vae.decode(latents.to(kind).contiguous(memory_format=torch.channels_last)).sample)
    measure.report(load, [run() for _ in range(given.pictures)])


if __name__ == "__main__":
    main()
