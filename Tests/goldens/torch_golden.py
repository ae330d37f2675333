"""Files of torch.save in its formats, with every kind of tensor a checkpoint has, and what they hold."""
import collections
import sys
import types

import numpy
import torch
from safetensors.torch import save_file

import common

FOLDER = "CheckpointsTests"


def trainer_state():
    """What PyTorch Lightning leaves in a checkpoint: objects of classes nobody needs to load it."""
    module = types.ModuleType("pytorch_lightning.callbacks.model_checkpoint")
    kind = type("ModelCheckpoint", (), {"__module__": module.__name__})
    module.ModelCheckpoint = kind
    package = types.ModuleType("pytorch_lightning")
    callbacks = types.ModuleType("pytorch_lightning.callbacks")
    sys.modules.update({"pytorch_lightning": package, callbacks.__name__: callbacks, module.__name__: module})
    return {"epoch": 3, "global_step": 470000, "pytorch-lightning_version": "1.4.2", "callbacks": {kind: {"best": None}},
            "loss": numpy.float64(0.25), "lr_schedulers": [{"base_lrs": [1e-4], "steps": (1, -2, 3 * 10**10)}]}


def tensors():
    base = common.normal(1, 6, 4)
    state = collections.OrderedDict()
    state["float"] = common.normal(2, 3, 5)
    state["half"] = common.normal(3, 2, 3, 1, 1).half()
    state["brain"] = common.normal(4, 7).bfloat16()
    state["scalar"] = torch.tensor(0.5)
    state["whole"] = base
    state["transposed"] = base.t()
    state["rows"] = base[2:4]
    state["steps"] = base[::2, 1::2]
    state["permuted"] = common.normal(5, 2, 3, 4).permute(2, 0, 1)
    state["parameter"] = torch.nn.Parameter(common.normal(6, 2, 2))
    state["ids"] = torch.arange(5)[None]
    state["empty"] = torch.zeros(0, 4)
    return state


def make(out):
    folder = out / "torch"
    folder.mkdir(parents=True, exist_ok=True)
    state = tensors()
    save_file({name: value.detach().contiguous().clone() for name, value in state.items()}, str(folder / "expected.safetensors"))
    whole = {"state_dict": state, **trainer_state()}
    torch.save(whole, folder / "zip.ckpt")
    torch.save(state, folder / "plain.pt")
    torch.save(whole, folder / "protocol4.ckpt", pickle_protocol=4)
    torch.save(whole, folder / "legacy.ckpt", _use_new_zipfile_serialization=False)
    torch.save({"string_to_token": {"*": 265}, "string_to_param": {"*": torch.nn.Parameter(common.normal(7, 2, 8))},
                "name": "cat", "step": 12}, folder / "embedding.pt")
