"""Everything only a GPU can prove, in one table: right numbers, then seconds, beside diffusers. Each part says
what it found or why it did not run; exit 1 if something that ran was wrong."""

import argparse
import json
import os
import site
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Operations of one evaluation of Stable Diffusion 1.5 at 64×64 latents and of its decoder at 512×512, attention
# products included, counted layer by layer from the published configurations.
UNET_TFLOP, VAE_TFLOP = 0.803, 2.515


class Check:
    def __init__(self, given):
        self.given = given
        self.end = time.monotonic() + 60 * given.minutes
        self.rows, self.wrong, self.missing = [], [], []
        packages = [sys.prefix, *site.getsitepackages()]
        known = os.environ.get("ATELIER_CUDA_PATH", "")
        self.environment = {
            **os.environ, "ATELIER_CUDA_PATH": ":".join(filter(None, [known, *packages])),
            "LD_LIBRARY_PATH": ":".join(filter(None, [os.environ.get("LD_LIBRARY_PATH"), str(given.bin / "lib")]))}

    def left(self):
        return self.end - time.monotonic()

    def run(self, what, *words, seconds=120):
        """A command's lines, or None with the reason noted."""
        seconds = min(seconds, self.left())
        if seconds < 5:
            self.missing.append(f"{what}: no time left")
            return None
        try:
            result = subprocess.run(
                list(map(str, words)), capture_output=True, text=True, timeout=seconds, env=self.environment)
        except subprocess.TimeoutExpired:
            self.missing.append(f"{what}: not done within {seconds:.0f} s")
            return None
        except OSError as error:
            self.missing.append(f"{what}: {error}")
            return None
        self.last = result
        return result.stdout.splitlines()

    def bench(self, what, *words, seconds=120):
        """The JSON that atelier-bench printed last, or None."""
        lines = self.run(what, self.given.bin / "atelier-bench", *words, "--backend", self.given.backend, "--json",
                         seconds=seconds)
        if lines is None:
            return None
        try:
            return json.loads(lines[-1])
        except (IndexError, ValueError):
            said = (self.last.stderr.strip().splitlines() or ["nothing was printed"])[-1]
            self.missing.append(f"{what}: {said[:200]}")
            return None

    def row(self, what, value, note=""):
        self.rows.append((what, value, note))
        print(f"{what:<52} {value:>16}  {note}", flush=True)

    # What must be right.

    def conformance(self, name, *words, seconds=60, **environment):
        self.environment.update(environment)
        found = self.bench(f"conformance, {name}", "conformance", *words, seconds=seconds)
        for variable in environment:
            del self.environment[variable]
        if found is None:
            return
        bad = [item for item in found if not item["is_right"]]
        worst = max((item.get("difference") or 0 for item in found), default=0)
        self.row(f"conformance, {name}", f"{len(found) - len(bad)}/{len(found)}", f"largest difference {worst:.1e}")
        for item in bad:
            self.wrong.append(f"{name}: {item['name']}: {item.get('failure') or item.get('difference')}")

    def parity(self):
        found = self.bench("parity", "parity", "--model", self.given.demo, "--steps", 20, seconds=90)
        if found is not None:
            decibels = found["psnr_db"]
            self.row("demo picture against reference", f"{decibels:.1f} dB", "35 dB or more")
            if decibels < 35:
                self.wrong.append(f"parity: expected 35 dB, found {decibels:.1f}")

    # What must be fast.

    def speed(self, model, peak):
        share = lambda tflop, took: f"{tflop / took * 1e3:.0f} TFLOP/s" + (  # noqa: E731
            f", {tflop / took * 1e5 / peak:.0f} % of the measured product" if peak else "")
        ours = {}
        for batch in (2, 16, 32):
            found = self.bench(f"unet, batch {batch}", "unet", "--model", model, "--batch", batch, "--size", 64)
            if found:
                took = found["milliseconds"]
                ours["unet", batch] = took
                rate = f"{1e3 * batch / 2 / (20 * took):.1f} pictures/s of 20 steps; " if batch > 2 else ""
                self.row(f"Atelier: UNet, batch {batch}", f"{took:.2f} ms", rate + share(UNET_TFLOP * batch, took))
        found = self.bench("vae", "vae", "--model", model, "--size", 512)
        if found:
            ours["vae"] = found["milliseconds"]
            self.row("Atelier: VAE, 512×512", f"{ours['vae']:.2f} ms", share(VAE_TFLOP, ours["vae"]))
        found = self.bench("text", "text", "--model", model)
        if found:
            self.row("Atelier: two prompts", f"{found['milliseconds']:.2f} ms")
        for steps in (20, 50):
            found = self.bench(f"image, {steps} steps", "image", "--model", model, "--size", 512, "--steps", steps,
                               "--pictures", 5)
            if found:
                ours["image", steps] = 1e3 * found["median_picture_seconds"]
                self.row(f"Atelier: picture, {steps} steps", f"{ours['image', steps]:.1f} ms",
                         f"load {found['load_seconds']:.1f} s, first {1e3 * found['first_picture_seconds']:.0f} ms")
        return ours

    def peers(self, model, ours):
        for part, seconds in (("eager", 150), ("compile", 400)):
            lines = self.run(f"diffusers, {part}", sys.executable, HERE / "peers.py", part, "--model", model,
                             seconds=seconds)
            if lines is None:
                continue
            if self.last.returncode != 0:
                said = (self.last.stderr.strip().splitlines() or ["no reason given"])[-1]
                self.missing.append(f"diffusers, {part}: {said[:200]}")
            for item in map(json.loads, filter(lambda line: line.startswith("{"), lines)):
                key = (item["what"], item["batch"]) if "batch" in item else (
                    (item["what"], item["steps"]) if "steps" in item else item["what"])
                took, own = item["milliseconds"], ours.get(key)
                name = " ".join(map(str, key)) if isinstance(key, tuple) else key
                self.row(f"{item['peer']}: {name}", f"{took:.2f} ms", f"Atelier is {took / own:.2f}×" if own else "")

    def devices(self):
        lines = self.run("devices", self.given.bin / "atelier-worker", "--list-devices", seconds=60) or []
        found = [line.split("\t") for line in lines if line.startswith("cuda")]
        for words in found:
            print("  ".join(words))
        return any(len(words) > 1 and words[1] != "-" for words in found)

    def everything(self):
        print("Devices")
        if not self.devices():
            self.missing.append("everything: no CUDA device that Atelier can use; the line above says why")
            return
        self.conformance("float16")
        self.conformance("float32", "--precision", "full")
        self.conformance("bfloat16", ATELIER_CUDA_TYPE="bfloat16")
        self.conformance("float16, each tile in turn", ATELIER_CUDA_TILE="turns")
        self.parity()
        peak = None
        lines = self.run("peaks", sys.executable, HERE / "peers.py", "peaks", seconds=60)
        if lines and lines[-1].startswith("{"):
            found = json.loads(lines[-1])
            peak = found["tflops"]
            self.row("product of 8192×8192, float16, torch", f"{peak:.0f} TFLOP/s", f"copy {found['gigabytes']:.0f} GB/s")
        else:
            self.missing.append("peaks: torch with CUDA is not in this Python")
        model = self.given.work / "sd15"
        if not (model / "text_encoder" / "model.safetensors").exists():
            import model as maker

            maker.make(model, self.given.demo)
        ours = self.speed(model, peak)
        # The reference backend computes these on the host's processor.
        self.conformance("float16, full-size shapes", "--large", seconds=120)
        self.peers(model, ours)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--demo", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--backend", default="cuda")
    parser.add_argument("--minutes", type=float, default=9.5)
    check = Check(parser.parse_args())
    check.everything()
    for title, lines in (("Wrong", check.wrong), ("Did not run", check.missing)):
        print(f"\n{title}: {'nothing' if not lines else ''}")
        for line in lines:
            print(f"  {line}")
    if check.given.out:
        check.given.out.write_text(json.dumps(
            {"rows": check.rows, "wrong": check.wrong, "did_not_run": check.missing}, indent=2, ensure_ascii=False))
    sys.exit(1 if check.wrong or not check.rows else 0)


if __name__ == "__main__":
    main()
