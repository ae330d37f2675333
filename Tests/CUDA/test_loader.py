"""What the worker says and does with NVIDIA's libraries whole, in part, too old, and failing."""

import subprocess

import pytest
from emulated_gpu import compiler
from service import ROOT

DEMO = ROOT / "Sources" / "Worker" / "Resources" / "atelier-demo"


def devices(gpu, **environment):
    result = gpu.run("atelier-worker", "--list-devices", **environment)
    assert result.returncode == 0, result.stderr
    return [line.split("\t") for line in result.stdout.splitlines() if line.startswith("cuda")]


def picture(gpu, output, *words, **environment):
    return gpu.run(
        "atelier", "txt2img", "--model", DEMO, "--prompt", "a circle", "--seed", 3, "--steps", 1, "--W", 64, "--H", 64,
        "--backend", "cuda", "--output", output, *words, **environment)


def test_devices_are_listed_by_number(gpu):
    (first, second) = devices(gpu, EMULATED_DEVICES=2)
    assert first[0] == "cuda" and second[0] == "cuda:1"
    assert first[1] == "Emulated GPU 0, 8 GiB, sm_80, float16, cuBLASLt, cuDNN" and "Emulated GPU 1" in second[1]


@pytest.mark.parametrize("missing, said", [
    ("libcuda.so.1", "install NVIDIA's driver"),
    ("libnvrtc.so.13", "pip install nvidia-cuda-nvrtc"),
])
def test_a_missing_library_is_a_sentence_that_says_what_to_install(gpu, tmp_path, missing, said):
    (line,) = devices(gpu.without(missing, tmp_path / "part"))
    assert line[1] == "-" and missing in line[2] and said in line[2], line


def test_without_cublaslt_the_own_kernels_serve(gpu, tmp_path):
    (line,) = devices(gpu.without("libcublasLt.so.13", tmp_path / "part"))
    assert line[1].endswith("float16, cuDNN")


def test_a_library_without_a_function_is_refused_by_name(gpu, tmp_path):
    part = gpu.without("libcuda.so.1", tmp_path / "part")
    empty = tmp_path / "empty.c"
    empty.write_text("int cuInit(unsigned flags) { return (int)flags; }\n")
    subprocess.run([compiler(), "-x", "c", "-shared", "-fPIC", "-o", part.folder / "libcuda.so.1", empty], check=True)
    (line,) = devices(part)
    assert "has no cuDriverGetVersion" in line[2], line


@pytest.mark.parametrize("environment, said", [
    ({"EMULATED_DEVICES": 0}, "sees no GPU"),
    ({"EMULATED_FAIL": "cuInit:999"}, "does not start (error 999)"),
    ({"EMULATED_DRIVER": 11080}, "serves CUDA 11.8, expected 12.0 or newer"),
    # Kernels of CUDA 13's compiler are nothing for a driver of 12, and a compiler of 12 is not there.
    ({"EMULATED_DRIVER": 12040}, "nvidia-cuda-nvrtc-cu12"),
    ({"EMULATED_CHIP": 75}, "no such device on this host"),
])
def test_what_cannot_work_is_said(gpu, environment, said):
    (line,) = devices(gpu, **environment)
    assert line[1] == "-" and said in line[2], line


def test_auto_falls_back_to_the_processor(gpu, tmp_path):
    result = picture(gpu, tmp_path / "p.png", "--backend", "auto", "--json", EMULATED_DEVICES=0)
    assert result.returncode == 0 and '"backend":"cpu' in result.stdout.replace(" ", ""), result.stderr


def test_a_second_device_that_is_not_there_is_an_error(gpu, tmp_path):
    result = picture(gpu, tmp_path / "p.png", "--backend", "cuda:1")
    assert result.returncode == 1 and "cuda:1 is not available" in result.stderr


def test_too_little_memory_is_said_and_is_no_crash(gpu, tmp_path):
    result = picture(gpu, tmp_path / "p.png", EMULATED_MEMORY=3 << 20)
    assert result.returncode == 1 and "memory" in result.stderr, result.stderr
    assert not (tmp_path / "p.png").exists()


def test_a_device_that_fails_is_said_with_the_driver_s_words(gpu, tmp_path):
    result = picture(gpu, tmp_path / "p.png", EMULATED_FAIL="cuLaunchKernel:700:40")
    assert result.returncode == 1 and "illegal memory access" in result.stderr, result.stderr


def test_compiled_kernels_are_kept_and_damage_is_noticed(gpu, tmp_path):
    gpu.cache = tmp_path / "cache"
    environment = {"ATELIER_CUDA_TUNE": 0, "EMULATED_COMPILER": compiler()}
    first = picture(gpu, tmp_path / "1.png", **environment)
    assert first.returncode == 0, first.stderr
    kept = sorted(gpu.cache.glob("*.cubin"))
    assert kept
    # What is kept needs no compiler.
    assert picture(gpu, tmp_path / "2.png", **{**environment, "EMULATED_COMPILER": "/bin/false"}).returncode == 0
    damaged = bytearray(kept[0].read_bytes())
    damaged[len(damaged) // 2] ^= 1
    kept[0].write_bytes(damaged)
    kept[-1].write_bytes(kept[-1].read_bytes()[:-9])
    assert picture(gpu, tmp_path / "3.png", **environment).returncode == 0
    pictures = [(tmp_path / f"{i}.png").read_bytes() for i in (1, 2, 3)]
    assert pictures[0] == pictures[1] == pictures[2]
