"""What is declared by hand agrees with NVIDIA's own headers, where their wheels are."""

import subprocess
from pathlib import Path

import nvrtc
import pytest
from emulated_gpu import compiler
from service import ROOT


OPTIONAL = {"PRODUCTS", "MANAGEMENT", "NETWORKS"}


def folders(header):
    return [folder.parent / "include" for folder in nvrtc.wheel_folders()
            if (folder.parent / "include" / header).exists()]


@pytest.mark.parametrize("part, headers, wheels", [
    ("DRIVER", ["cuda.h"], "nvidia-cuda-runtime"), ("COMPILER", ["nvrtc.h"], "nvidia-cuda-nvrtc"),
    ("PRODUCTS", ["cublasLt.h", "cuda_runtime_api.h", "crt/host_defines.h", "nv/target"],
     "nvidia-cublas, nvidia-cuda-runtime, nvidia-cuda-crt and nvidia-cuda-cccl"),
    ("MANAGEMENT", ["nvml.h"], "nvidia-nvml-dev"),
    ("NETWORKS", ["cudnn.h", "cuda_runtime_api.h", "crt/host_defines.h"],
     "nvidia-cudnn-cu13, nvidia-cuda-runtime and nvidia-cuda-crt"),
])
def test_declarations(part, headers, wheels):
    found = [folders(header) for header in headers]
    if part in OPTIONAL and not all(found):
        pytest.skip(f"expected {wheels}, which are not fetched for one header")
    assert all(found), f"expected {headers} of the wheel {wheels}, found none"
    includes = [f"-I{folder}" for places in found for folder in places]
    result = subprocess.run(
        [compiler(), "-std=c++17", "-fsyntax-only", f"-DHAS_{part}=1", *includes,
         f"-I{ROOT / 'Sources' / 'CKernels'}", Path(__file__).with_name("declarations.cpp")],
        capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
