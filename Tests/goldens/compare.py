"""Compares two folders of golden files."""
import json

import torch
from safetensors.torch import load_file

# Relative to the largest number of a tensor: another CPU adds in another order.
TOLERANCE = 2e-4


def folders(made, kept, complete):
    """The differences between the files below two folders, as sentences."""
    names = {file.relative_to(made) for file in made.rglob("*") if file.is_file()}
    kept_names = {file.relative_to(kept) for file in kept.rglob("*") if file.is_file() and file.name != "README"}
    differences = [f"{name} is not committed" for name in sorted(names - kept_names)]
    if complete:
        differences += [f"{name} is committed but not made" for name in sorted(kept_names - names)]
    for name in sorted(names & kept_names):
        differences += [f"{name}: {what}" for what in files(made / name, kept / name)]
    return differences


def files(made, kept):
    if made.suffix == ".safetensors":
        return tensors(load_file(made), load_file(kept))
    if made.suffix in (".ckpt", ".pt"):
        # The old format has addresses in it: the content counts.
        return tensors(checkpoint(made), checkpoint(kept))
    if made.suffix == ".json":
        same = json.loads(made.read_text("utf-8")) == json.loads(kept.read_text("utf-8"))
    else:
        same = made.read_bytes() == kept.read_bytes()
    return [] if same else ["the content differs"]


def checkpoint(file):
    state = torch.load(file, weights_only=False)
    return dict(flat(state.get("state_dict") or state.get("string_to_param") or state))


def flat(state, prefix=""):
    """The tensors in dictionaries and pairs, by their names joined."""
    for key, value in state.items() if isinstance(state, dict) else enumerate(state):
        if isinstance(value, torch.Tensor):
            yield f"{prefix}{key}", value
        elif isinstance(value, (dict, tuple)):
            yield from flat(value, f"{prefix}{key}.")


def tensors(made, kept):
    if made.keys() != kept.keys():
        return [f"tensors {sorted(made.keys() ^ kept.keys())} are in one of the two only"]
    differences = []
    for name, value in made.items():
        other = kept[name]
        if value.shape != other.shape or value.dtype != other.dtype:
            differences.append(f"{name} is {value.dtype} {list(value.shape)}, committed as {other.dtype} {list(other.shape)}")
        elif value.is_floating_point():
            scale = max(other.abs().max().item(), 1.0) if other.numel() else 1.0
            error = (value.double() - other.double()).abs().max().item() if other.numel() else 0.0
            if error > TOLERANCE * scale:
                differences.append(f"{name} differs by {error:.3g}")
        elif not torch.equal(value, other):
            differences.append(f"{name} differs")
    return differences
