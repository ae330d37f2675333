"""LoRAs, embeddings, an autoencoder and hypernetworks for tiny-sd1, and the pictures they give.

LoRAs and embeddings are loaded by diffusers and peft; what these do not know (a LoCon's middle matrices, names of
the original layout, hypernetworks) is computed here from the published formulas.
"""
import collections
import copy
import shutil

import numpy as np
import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file

import common
import original_golden
import samplers_golden
import schedules_golden
import sigma_lists
import tiny_models

MODEL, SEED, STEPS, GUIDANCE, HEIGHT, WIDTH = "tiny-sd1", 99, 3, 5.0, 32, 40
PROMPT, NEGATIVE = "a small red circle", "green star"
BLOCK = "transformer_blocks.0"
DOWN, UP = "down_blocks.0.attentions.0", "up_blocks.1.attentions.1"

KOHYA = [
    ("unet", f"{DOWN}.{BLOCK}.attn1.to_q"), ("unet", f"{DOWN}.{BLOCK}.attn1.to_v"), ("unet", f"{DOWN}.{BLOCK}.attn2.to_k"),
    ("unet", f"{DOWN}.{BLOCK}.attn1.to_out.0"), ("unet", f"{DOWN}.{BLOCK}.ff.net.0.proj"), ("unet", f"{DOWN}.{BLOCK}.ff.net.2"),
    ("unet", f"{UP}.proj_in"), ("unet", f"mid_block.attentions.0.{BLOCK}.attn2.to_v"),
    ("te", "text_model.encoder.layers.0.self_attn.q_proj"), ("te", "text_model.encoder.layers.1.self_attn.v_proj"),
    ("te", "text_model.encoder.layers.2.mlp.fc1"), ("te", "text_model.encoder.layers.2.self_attn.out_proj"),
]
PEFT = [
    ("unet", f"{DOWN}.{BLOCK}.attn1.to_q"), ("unet", f"{DOWN}.{BLOCK}.attn1.to_k"), ("unet", f"{UP}.{BLOCK}.attn2.to_v"),
    ("unet", f"{UP}.{BLOCK}.attn1.to_out.0"), ("text_encoder", "text_model.encoder.layers.0.self_attn.q_proj"),
    ("text_encoder", "text_model.encoder.layers.1.self_attn.k_proj"),
]
LOCON = [
    "down_blocks.1.resnets.0.conv1", "up_blocks.0.resnets.1.conv_shortcut", "down_blocks.0.downsamplers.0.conv",
    "up_blocks.2.resnets.0.time_emb_proj", f"{DOWN}.proj_out", "conv_in",
]


def module(pipe, network, name):
    root = pipe.unet if network == "unet" else pipe.text_encoder
    return root.get_submodule(name if network == "unet" or hasattr(root, "text_model") else name.removeprefix("text_model."))


def matrices(weight, rank, seed, middle=False):
    """down and up (and the middle) for a weight, as large as what they change."""
    kernel = list(weight.shape[2:])
    ones = [1] * len(kernel)
    size = 0.5 / (rank * weight[0].numel()) ** 0.5
    down = common.normal(seed, rank, weight.shape[1], *(ones if middle else kernel)) * size ** 0.5
    up = common.normal(seed + 1, weight.shape[0], rank, *ones) * size ** 0.5
    return down, up, common.normal(seed + 2, rank, rank, *kernel) if middle else None


def kohya(pipe):
    tensors = {}
    for number, (network, name) in enumerate(KOHYA):
        down, up, _ = matrices(module(pipe, network, name).weight, 3, 500 + 10 * number)
        key = f"lora_{network}_{name.replace('.', '_')}"
        tensors |= {f"{key}.lora_down.weight": down, f"{key}.lora_up.weight": up, f"{key}.alpha": torch.tensor(2.0)}
    return tensors


def peft(pipe):
    tensors = {}
    for number, (network, name) in enumerate(PEFT):
        down, up, _ = matrices(module(pipe, network, name).weight, 2, 900 + 10 * number)
        tensors |= {f"{network}.{name}.lora_A.weight": down, f"{network}.{name}.lora_B.weight": up}
    return tensors


def locon(pipe):
    """The file's tensors, and what they add to the UNet's weights by module."""
    tensors, added = {}, {}
    for number, name in enumerate(LOCON):
        weight = pipe.unet.get_submodule(name).weight
        has_middle = name in ("down_blocks.1.resnets.0.conv1",)
        down, up, middle = matrices(weight, 4, 1300 + 10 * number, has_middle)
        key = "lora_unet_" + name.replace(".", "_")
        if name.startswith("down_blocks.0.downsamplers"):
            key = "lora_unet_" + original_golden.unet_name(name + ".weight", 2, 3).removesuffix(".weight").replace(".", "_")
        tensors |= {f"{key}.lora_down.weight": down, f"{key}.lora_up.weight": up, f"{key}.alpha": torch.tensor(1.0)}
        flat = up.reshape(up.shape[0], -1)
        if middle is not None:
            tensors[f"{key}.lora_mid.weight"] = middle
            delta = torch.einsum("n m k l, i n, m j -> i j k l", middle, flat, down.reshape(down.shape[0], -1))
        else:
            delta = (flat @ down.reshape(down.shape[0], -1)).reshape(weight.shape)
        added[name] = delta / 4
    return tensors, added


def picture(pipe, prompt=PROMPT, negative=NEGATIVE):
    pipe.scheduler = schedules_golden.scheduler("euler", "automatic", pipe.scheduler.config)
    return torch.from_numpy(np.array(pipe(
        prompt, negative_prompt=negative, height=HEIGHT, width=WIDTH, num_inference_steps=STEPS, guidance_scale=GUIDANCE,
        generator=common.generator(SEED), output_type="pil").images[0]))


def with_loras(out):
    pipe = samplers_golden.pipeline(out, MODEL)
    folder = out / "extras" / "Lora"
    save_file(kohya(pipe), str(folder / "kohya.safetensors"), metadata={"ss_network_dim": "3"})
    save_file(peft(pipe), str(folder / "peft.safetensors"), metadata={"format": "pt"})
    pipe.load_lora_weights(folder / "kohya.safetensors", adapter_name="kohya")
    pipe.load_lora_weights(folder / "peft.safetensors", adapter_name="peft")
    pipe.set_adapters(["kohya", "peft"], adapter_weights=[{"text_encoder": 0.6, "unet": 0.8}, 0.5])
    return picture(pipe)


def with_locon(out):
    pipe = samplers_golden.pipeline(out, MODEL)
    tensors, added = locon(pipe)
    torch.save(tensors, out / "extras" / "Lora" / "locon.pt")
    for name, delta in added.items():
        pipe.unet.get_submodule(name).weight.add_(0.9 * delta)
    return picture(pipe)


def with_embeddings(out):
    """One of three vectors in the prompt, one of two in the negative prompt."""
    pipe = samplers_golden.pipeline(out, MODEL)
    folder = out / "extras" / "embeddings"
    style, bad = common.normal(1700, 3, 32), common.normal(1701, 2, 32)
    torch.save({"string_to_token": {"*": 265}, "string_to_param": {"*": torch.nn.Parameter(style)}, "name": "tinystyle",
                "step": 7, "sd_checkpoint": None, "sd_checkpoint_name": None}, folder / "tinystyle.pt")
    save_file({"emb_params": bad}, str(folder / "badneg.safetensors"))
    pipe.load_textual_inversion({"tinystyle": style}, token="tinystyle")
    pipe.load_textual_inversion({"badneg": bad}, token="badneg")
    return picture(pipe, "a red tinystyle circle, tinystyle", "green badneg star")


def with_vae(out):
    pipe = samplers_golden.pipeline(out, MODEL)
    config = tiny_models.VAE | dict(
        block_out_channels=(4, 4, 4, 4), layers_per_block=1, scaling_factor=0.18215, norm_num_groups=4)
    vae = tiny_models.randomise(AutoencoderKL(**config), 1800, "decoder.conv_out")
    vae.decoder.conv_out.weight.mul_(0.4)
    pipe.vae = vae.half().float()
    state = {original_golden.vae_name(name, 4): value.half() for name, value in vae.state_dict().items()}
    for name in state:
        if ".attn_1." in name and name.endswith("weight") and "norm" not in name:
            state[name] = state[name][:, :, None, None]
    torch.save({"state_dict": collections.OrderedDict(state)}, out / "extras" / "VAE" / "tiny.vae.pt",
               _use_new_zipfile_serialization=False)
    return picture(pipe)


ACTIVATIONS = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}


def hypernetwork(dim, structure, activation, norm, last, dropout, seed):
    """A chain of linear layers beside a residual, as the web UI's hypernetworks are."""
    layers = []
    for index, (inputs, outputs) in enumerate(zip(structure, structure[1:])):
        layers.append(torch.nn.Linear(int(dim * inputs), int(dim * outputs)))
        if activation in ACTIVATIONS and (last or index < len(structure) - 2):
            layers.append(ACTIVATIONS[activation]())
        if norm:
            layers.append(torch.nn.LayerNorm(int(dim * outputs)))
        if dropout and index < len(structure) - 2:
            layers.append(torch.nn.Dropout(0.3))
    chain = torch.nn.Sequential(*layers)
    for offset, (_, parameter) in enumerate(sorted(chain.named_parameters())):
        drawn = common.normal(seed + offset, *parameter.shape) * (0.6 / parameter.shape[-1] ** 0.5)
        parameter.copy_(drawn.half())
    return chain.eval()


class Hypernetworks:
    """An attention processor that lets keys and values see the context through a hypernetwork."""

    def __init__(self, chains, weight):
        self.chains, self.weight = chains, weight

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, **_):
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        pair = self.chains.get(context.shape[-1])
        keys, values = ([context + chain(context) * self.weight for chain in pair] if pair else [context, context])
        q, k, v = (
            attn.head_to_batch_dim(x) for x in (attn.to_q(hidden_states), attn.to_k(keys), attn.to_v(values)))
        return attn.to_out[0](attn.batch_to_head_dim(attn.get_attention_scores(q, k) @ v))


def with_hypernetwork(out, name, sizes, weight, structure, activation, norm, last, dropout):
    pipe = samplers_golden.pipeline(out, MODEL)
    chains = {
        size: [hypernetwork(size, structure, activation, norm, last, dropout, 2000 + 100 * size + 50 * part)
               for part in (0, 1)]
        for size in sizes}
    state = {size: tuple(collections.OrderedDict(("linear." + key, value.half()) for key, value in chain.state_dict().items())
                         for chain in pair) for size, pair in chains.items()}
    state |= {"step": 100, "name": name, "layer_structure": structure, "activation_func": activation, "is_layer_norm": norm,
              "weight_initialization": "Normal", "sd_checkpoint": None, "sd_checkpoint_name": None, "activate_output": last,
              "use_dropout": dropout, "last_layer_dropout": False, "optional_info": ""}
    torch.save(state, out / "extras" / "hypernetworks" / f"{name}.pt")
    pipe.unet.set_attn_processor(Hypernetworks(chains, weight))
    return picture(pipe)


def resized(seed, size, target):
    """The web UI's seed resize: noise of one size in the middle of another's, halves rounded down."""
    height, width = size
    inner = common.normal(seed, 4, height, width)
    whole = common.normal(seed, 4, *target)
    top, left = (target[0] - height) // 2, (target[1] - width) // 2
    for y in range(target[0]):
        for x in range(target[1]):
            v, u = y - top, x - left
            # A side that is cut is cut alike at both ends.
            if all(0 <= a < n and (d >= 0 or -d <= a < n + d) for a, n, d in ((v, height, top), (u, width, left))):
                whole[:, y, x] = inner[:, v, u]
    return whole


RESIZES = [((3, 4), (5, 6)), ((8, 9), (5, 6)), ((3, 9), (5, 6)), ((4, 5), (5, 6)), ((6, 7), (5, 6)), ((5, 6), (5, 6))]
RANGES = [
    ("karras", dict(low=0.1, high=10.0, rho=5.0)), ("karras", dict(high=8.0)), ("exponential", dict(low=0.1, high=10.0)),
    ("polyexponential", dict(low=0.05, rho=1.5)), ("sgm_uniform", dict(low=0.1, high=9.0)),
    ("normal", dict(low=0.2, high=12.0)), ("kl_optimal", dict(low=0.1)), ("beta", dict(low=0.1, high=10.0)),
]


def make(out):
    shutil.rmtree(out / "extras", ignore_errors=True)
    for folder in ("Lora", "embeddings", "VAE", "hypernetworks"):
        (out / "extras" / folder).mkdir(parents=True)
    pictures = {
        "none": picture(samplers_golden.pipeline(out, MODEL)), "two-loras": with_loras(out), "locon": with_locon(out),
        "embeddings": with_embeddings(out), "vae": with_vae(out),
        "hypernetwork": with_hypernetwork(out, "wide", (16, 32), 0.7, [1, 2, 1], "relu", True, False, False),
        "dropout": with_hypernetwork(out, "dropped", (32,), 1.0, [1, 1.5, 1], "tanh", False, True, True),
    }
    goldens = {f"resize|{h}x{w}": resized(321, (h, w), target) for (h, w), target in RESIZES}
    for kind, options in RANGES:
        label = "|".join(f"{options.get(name, 0)}" for name in ("low", "high", "rho"))
        goldens[f"sigmas|{kind}|{label}"] = torch.from_numpy(np.asarray(sigma_lists.values(kind, 9, **options)))
    common.write(out / "extras" / "levels.safetensors", goldens)
    save_file({name: value.contiguous() for name, value in pictures.items()}, str(out / "extras" / "pictures.safetensors"))
