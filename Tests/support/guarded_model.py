"""A model whose safety checker finds something in every picture."""

import json
import shutil
import struct

from service import ROOT

DEMO = ROOT / "Sources" / "Worker" / "Resources" / "atelier-demo"
GOLDENS = ROOT / "Tests" / "StableDiffusionTests" / "Goldens" / "safety"


def make_guarded_model(folder):
    """Puts the demo model there, with a safety checker whose thresholds are below all cosines."""
    shutil.copytree(DEMO, folder)
    for part in ("safety_checker", "feature_extractor"):
        shutil.copytree(GOLDENS / part, folder / part)
    index = folder / "model_index.json"
    content = json.loads(index.read_text()) | {
        "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"]}
    index.write_text(json.dumps(content))
    weights = folder / "safety_checker" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    length = struct.unpack("<Q", data[:8])[0]
    start, end = json.loads(data[8:8 + length])["concept_embeds_weights"]["data_offsets"]
    data[8 + length + start:8 + length + end] = struct.pack("<e", -2) * ((end - start) // 2)
    weights.write_bytes(data)
