"""Everything only a GPU can prove, in one table: right numbers, then seconds, beside diffusers. Each part says
what it found or why it did not run; exit 1 if something that ran was wrong."""

import argparse
import json
import os
import signal
import site
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
# What is timed: latents' side, picture's side, and operations (10¹²) of one evaluation for one picture and of one
# decoding, attention products included, counted layer by layer from the published configurations.
SD15 = {"name": "sd15", "latents": 64, "picture": 512, "unet": 0.803, "vae": 2.515, "steps": (20, 50), "batches": (2, 16, 32)}
SDXL = {"name": "sdxl", "latents": 128, "picture": 1024, "unet": 6.761, "vae": 10.47, "steps": (30,), "batches": (2,)}


class Check:
    def __init__(self, given):
        self.given = given
        self.end = time.monotonic() + 60 * given.minutes
        self.rows, self.wrong, self.missing = [], [], []
        packages = [sys.prefix, *site.getsitepackages(), site.getusersitepackages()]
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
        # Into files, and ended with all its children: a compiler's helpers would hold pipes open.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            try:
                process = subprocess.Popen(
                    list(map(str, words)), stdout=out, stderr=err, env=self.environment, start_new_session=True)
            except OSError as error:
                self.missing.append(f"{what}: {error}")
                return None
            try:
                self.status = process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.missing.append(f"{what}: not done within {seconds:.0f} s; what it had said counts")
                self.status = None
            finally:
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except OSError:
                    pass
                process.wait()
            for file in (out, err):
                file.seek(0)
            self.said = (err.read().strip().splitlines() or ["nothing was said"])[-1][:200]
            return out.read().splitlines()

    def bench(self, what, *words, seconds=120, **environment):
        """The JSON that atelier-bench printed last, or None."""
        self.environment.update(environment)
        lines = self.run(what, self.given.bin / "atelier-bench", *words, "--backend", self.given.backend, "--json",
                         seconds=seconds)
        for variable in environment:
            del self.environment[variable]
        if lines is None or (self.status is None and not lines):
            return None
        try:
            return json.loads(lines[-1])
        except (IndexError, ValueError):
            self.missing.append(f"{what}: {self.said}")
            return None

    def row(self, what, value, note=""):
        self.rows.append((what, value, note))
        print(f"{what:<52} {value:>16}  {note}", flush=True)

    # What must be right.

    def conformance(self, name, *words, seconds=60, **environment):
        found = self.bench(f"conformance, {name}", "conformance", *words, seconds=seconds, **environment)
        if found is None:
            return
        bad = [item for item in found if not item["is_right"]]
        worst = max((item.get("difference") or 0 for item in found), default=0)
        self.row(f"conformance, {name}", f"{len(found) - len(bad)}/{len(found)}", f"largest difference {worst:.1e}")
        for item in bad:
            self.wrong.append(f"{name}: {item['name']}: {item.get('failure') or item.get('difference')}")

    def parity(self, name, model, size, steps):
        found = self.bench(f"parity, {name}", "parity", "--model", model, "--size", size, "--steps", steps, seconds=90)
        if found is not None:
            decibels = found["psnr_db"]
            self.row(f"picture against reference, {name}", f"{decibels:.1f} dB", "35 dB or more")
            if not decibels >= 35:
                self.wrong.append(f"parity, {name}: expected 35 dB, found {decibels:.1f}")

    # What must be fast.

    def speed(self, model, sizes, peak):
        share = lambda tflop, took: f"{tflop / took * 1e3:.0f} TFLOP/s" + (  # noqa: E731
            f", {tflop / took * 1e5 / peak:.0f} % of the measured product" if peak else "")
        ours, name = {}, sizes["name"]
        found = self.bench(f"{name}: vae", "vae", "--model", model, "--size", sizes["picture"])
        if found:
            ours["vae"] = found["milliseconds"]
            self.row(f"Atelier {name}: VAE", f"{ours['vae']:.2f} ms", share(sizes["vae"], ours["vae"]))
        for batch in sizes["batches"]:
            # The first evaluation of a shape tries every way of every product.
            found = self.bench(f"{name}: unet, batch {batch}", "unet", "--model", model, "--batch", batch, "--size",
                               sizes["latents"], seconds=180)
            if found:
                took, pictures = found["milliseconds"], batch // 2
                ours["unet", batch] = took
                whole = 20 * took + pictures * ours.get("vae", 0)
                rate = f"{1e3 * pictures / whole:.1f} pictures/s of 20 steps; " if batch > 2 else f"{1e3 / took:.0f} steps/s; "
                self.row(f"Atelier {name}: UNet, batch {batch}", f"{took:.2f} ms", rate + share(sizes["unet"] * batch, took))
        found = self.bench(f"{name}: text", "text", "--model", model)
        if found:
            self.row(f"Atelier {name}: two prompts", f"{found['milliseconds']:.2f} ms")
        for steps in sizes["steps"]:
            found = self.bench(f"{name}: image, {steps} steps", "image", "--model", model, "--size", sizes["picture"],
                               "--steps", steps, "--pictures", 5)
            if found:
                ours["image", steps] = 1e3 * found["median_picture_seconds"]
                self.row(f"Atelier {name}: picture, {steps} steps", f"{ours['image', steps]:.1f} ms",
                         f"load {found['load_seconds']:.1f} s, first {1e3 * found['first_picture_seconds']:.0f} ms")
        return ours

    def parts(self, model, sizes, ours):
        """What each library gains, and what is left where steps are joined, which leaves both out."""
        own = "cublaslt,cudnn"
        for title, without, batch in [
                ("cuDNN's attention left out", "attention", 2), ("cuDNN left out: own convolutions", "cudnn", 2),
                ("cuBLASLt left out: own products", "cublaslt", 2), ("own kernels alone", own, 2),
                ("8 jobs' steps joined (--max-batch 8)", own, 16), ("16 jobs' steps joined (--max-batch 16)", own, 32)]:
            found = self.bench(f"{sizes['name']}: {title}", "unet", "--model", model, "--batch", batch, "--size",
                               sizes["latents"], seconds=60, ATELIER_CUDA_WITHOUT=without)
            if not found:
                continue
            took, with_all = found["milliseconds"], ours.get(("unet", batch))
            note = f"{took / with_all:.2f} times what it takes with all" if with_all else ""
            if batch > 2:
                pictures = batch // 2
                note = f"{1e3 * pictures / (20 * took + pictures * ours.get('vae', 0)):.1f} pictures/s of 20 steps; {note}"
            self.row(f"Atelier {sizes['name']}: {title}", f"{took:.2f} ms", note)

    def peer(self, part, model, sizes, ours, seconds):
        name = f"{sizes['name']}: diffusers, {part}"
        lines = self.run(name, sys.executable, HERE / "peers.py", part, "--model", model, "--latents", sizes["latents"],
                         "--steps", sizes["steps"][0], "--device", self.given.device, seconds=seconds)
        if lines is None:
            return
        if self.status:
            self.missing.append(f"{name}: {self.said}")
        for item in map(json.loads, filter(lambda line: line.startswith("{"), lines)):
            key = item["what"] if item["what"] == "vae" else (item["what"], item.get("batch", item.get("steps")))
            took, own = item["milliseconds"], ours.get(key)
            shown = key if key == "vae" else " ".join(map(str, key))
            self.row(f"{item['peer']}, {sizes['name']}: {shown}", f"{took:.2f} ms",
                     f"Atelier is {took / own:.2f} times as fast" if own else "")

    def devices(self):
        lines = self.run("devices", self.given.bin / "atelier-worker", "--list-devices", seconds=60) or []
        found = [line.split("\t") for line in lines if line.startswith("cuda")]
        for words in found:
            print("  ".join(words))
        return any(len(words) > 1 and words[1] != "-" for words in found)

    def peaks(self):
        lines = self.run("peaks", sys.executable, HERE / "peers.py", "peaks", "--device", self.given.device, seconds=60)
        if not lines or not lines[-1].startswith("{"):
            self.missing.append(f"peaks: {self.said if lines is not None else 'not run'}; is torch with CUDA in this Python?")
            return None
        found = json.loads(lines[-1])
        self.row("large product in float16, torch", f"{found['tflops']:.1f} TFLOP/s", f"copy {found['gigabytes']:.0f} GB/s")
        return found["tflops"]

    def model(self, sizes, scale=1):
        """A folder with random weights, made unless it is there whole."""
        import model as maker

        folder = self.given.work / f"{sizes['name']}-{scale}"
        if not (folder / "whole").exists():
            maker.make(folder, self.given.demo, scale, sdxl=sizes is SDXL)
            (folder / "whole").touch()
        return folder

    def part(self, name, body):
        """Whatever goes wrong in one part is noted, and the others run."""
        try:
            return body()
        except Exception as error:  # noqa: BLE001
            self.missing.append(f"{name}: {type(error).__name__}: {error}")
            traceback.print_exc()
            return None

    def correctness(self):
        self.conformance("float16")
        self.conformance("float16, what the libraries propose", ATELIER_CUDA_TILE="libraries")
        self.conformance("float16, each tile in turn", ATELIER_CUDA_TILE="turns")
        self.conformance("bfloat16", "--precision", "bfloat16")
        self.conformance("float32", "--precision", "full")
        self.parity("demo model", self.given.demo, self.given.side, 20 if self.given.side > 64 else 2)

    def everything(self):
        print("Devices")
        if not self.devices():
            self.missing.append("everything: no CUDA device that Atelier can use; the line above says why")
            return
        self.part("correctness", self.correctness)
        peak = self.part("peaks", self.peaks)
        scale = self.given.scale
        shrink = lambda sizes: {**sizes, "latents": sizes["latents"] // scale, "picture": sizes["picture"] // scale}  # noqa: E731
        tiny = self.part("tiny model", lambda: self.model(SD15, 8))
        if tiny:
            self.part("tiny model", lambda: self.parity("tiny Stable Diffusion", tiny, self.given.side, 4))
        sd15 = self.part("sd15", lambda: self.model(SD15, scale))
        ours = sd15 and self.part("sd15", lambda: self.speed(sd15, shrink(SD15), peak)) or {}
        if sd15:
            self.part("eager", lambda: self.peer("eager", sd15, shrink(SD15), ours, 90))
            self.part("compile", lambda: self.peer("compile", sd15, shrink(SD15), ours, 240))
            self.part("parts", lambda: self.parts(sd15, shrink(SD15), ours))
        if not self.given.without_sdxl and self.left() > 75:
            sdxl = self.part("sdxl", lambda: self.model(SDXL, scale))
            ours = sdxl and self.part("sdxl", lambda: self.speed(sdxl, shrink(SDXL), peak)) or {}
            if sdxl:
                self.part("sdxl", lambda: self.peer("eager", sdxl, shrink(SDXL), ours, 60))
        elif not self.given.without_sdxl:
            self.missing.append("sdxl: no time left; --minutes gives more")
        # The reference backend computes these on the host's processor.
        if scale == 1:
            self.part("large", lambda: self.conformance("float16, full-size shapes", "--large", seconds=120))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--demo", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--backend", default="cuda")
    parser.add_argument("--minutes", type=float, default=9.5)
    parser.add_argument("--without-sdxl", action="store_true")
    # For a rehearsal without a GPU: everything small, torch on the processor.
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--side", type=int, default=128)
    parser.add_argument("--device", default="cuda")
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
