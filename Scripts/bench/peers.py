#!/usr/bin/env python3
"""Runs Atelier, diffusers and OpenVINO one after another on the same model and prints one table.

Every one is a process of its own, whose peak of resident memory the kernel tells when it ends. Ratios are over
the first line's seconds or bytes: above 1, the first line is better. What a narrower precision costs stands
beside its speed: a picture of the demo model against float32's, in decibels.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DEMO = HERE.parent.parent / "Sources" / "Worker" / "Resources" / "atelier-demo"
COLUMNS = {
    "step s": "median_step_seconds", "VAE decode s": "decode_seconds", "image s": "picture_seconds",
    "load s": "load_seconds", "peak GiB": "peak_gib", "demo PSNR dB": "psnr_db",
}
BF16_FLAGS = {"amx_bf16", "avx512_bf16"}


def processor_flags():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return set(next((line for line in lines if line.startswith("flags")), "").split())


def run(command, environment=None):
    """A command's last line as JSON, with its peak of memory."""
    with tempfile.TemporaryFile("w+") as output:
        child = subprocess.Popen(
            [str(word) for word in command], stdout=output, env=os.environ | (environment or {}))
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise subprocess.CalledProcessError(child.returncode, child.args)
        output.seek(0)
        lines = output.read().splitlines()
    result = json.loads(lines[-1]) if lines else {}
    return result | {"peak_gib": usage.ru_maxrss / 1024**2}


def device(given, precision):
    threads = ["--threads", given.threads] if given.threads else []
    return ["--backend", given.backend, "--precision", precision, *threads]


def ours(given, precision):
    """Atelier's line in one precision."""
    parity = run([given.bench, "parity", "--json", "--least", 0, "--model", DEMO, *device(given, precision)])
    result = run([
        given.bench, "image", "--json", "--model", given.model, "--size", given.size, "--steps", given.steps,
        "--pictures", given.pictures, "--sampler", "Euler", *device(given, precision)])
    name = f"Atelier {result['backend']}"
    return name, result | parity | {"picture_seconds": result["median_picture_seconds"]}


def peers(given, threads, bf16, environment):
    shared = [
        "--model", given.model, "--size", given.size, "--steps", given.steps, "--pictures", given.pictures,
        "--threads", threads, *(["--bf16"] if bf16 else [])]
    kind = "bf16" if bf16 else "float32"
    yield f"diffusers {kind}", run([sys.executable, HERE / "peer_diffusers.py", *shared], environment)
    converted = ["--converted", given.converted]
    run([sys.executable, HERE / "convert_openvino.py", *shared, *converted], environment)
    yield f"OpenVINO {kind}", run([sys.executable, HERE / "peer_openvino.py", *shared, *converted], environment)


def row(name, cells):
    return f"{name:24}" + "".join(f"{cell:>15}" for cell in cells)


def show(name, result, base):
    cells = (f"{result[key]:.2f}" if key in result else "–" for key in COLUMNS.values())
    print(row(name, cells), flush=True)
    if result is not base:
        ratios = (f"{result[key] / base[key]:.2f}×" for key in COLUMNS.values() if key != "psnr_db")
        print(row("  ÷ the first", ratios), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True, help="atelier-bench")
    parser.add_argument("--model", required=True, help="a diffusers folder of Stable Diffusion 1.x")
    parser.add_argument("--converted", required=True, help="where OpenVINO's networks are kept")
    parser.add_argument("--shim", help="a library to preload where AMX is hidden from the peers")
    parser.add_argument("--backend", default="cpu")
    parser.add_argument(
        "--precision", nargs="+", default=["autocast", "int8"], choices=["full", "autocast", "int8"],
        help="of Atelier's lines")
    parser.add_argument("--threads", type=int, help="the default is one per physical core")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--pictures", type=int, default=1)
    given = parser.parse_args()
    bf16 = bool(BF16_FLAGS & processor_flags())
    name, base = ours(given, given.precision[0])
    print(f"{given.size}×{given.size}, {given.steps} steps with guidance, {base['threads']} threads of {base['device']}")
    print(row("", COLUMNS))
    show(name, base, base)
    for precision in given.precision[1:]:
        try:
            name, result = ours(given, precision)
        except subprocess.CalledProcessError as error:
            print(f"Atelier {precision}: ended with status {error.returncode}; what it said stands above", flush=True)
            continue
        show(name, result, base)
    for name, result in peers(given, base["threads"], bf16, {"LD_PRELOAD": given.shim} if given.shim else None):
        show(name, result, base)


if __name__ == "__main__":
    main()
