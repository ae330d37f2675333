"""What the generators share: seeds, and a way to write tensors."""
import warnings

import torch
from safetensors.torch import save_file

MODELS = ("tiny-sd1", "tiny-sd2")


def settle():
    """One thread and no nondeterministic kernels: the same numbers on every run."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.set_grad_enabled(False)
    warnings.filterwarnings("ignore")
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    for logging in (diffusers_logging, transformers_logging):
        logging.set_verbosity_error()
        logging.disable_progress_bar()


def generator(seed):
    return torch.Generator().manual_seed(seed)


def normal(seed, *shape):
    """Standard normal numbers as torch's CPU generator makes them."""
    return torch.randn(*shape, generator=generator(seed))


def write(path, tensors):
    """Writes tensors as float32, in the order and shape torch has them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.detach().float().contiguous() for name, value in tensors.items()}, str(path))
