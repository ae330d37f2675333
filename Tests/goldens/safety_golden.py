"""A tiny safety checker with random weights, and what diffusers' class finds in some pictures."""
import json
import shutil

import numpy as np
import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from PIL import Image
from transformers import CLIPConfig, CLIPImageProcessor

import common
import tiny_models

VISION = dict(
    hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, image_size=32, patch_size=8,
    hidden_act="quick_gelu", projection_dim=8)
# Width, height and two factors of the pattern: smaller and larger than what the checker sees, wide and tall.
PICTURES = [(32, 32, 3, 5), (64, 64, 1, 7), (100, 37, 9, 2), (24, 61, 4, 11), (48, 64, 2, 2)]


def pattern(width, height, across, down):
    """The same bytes in any language."""
    x, y = np.arange(width)[None, :, None], np.arange(height)[:, None, None]
    channel = np.arange(3)[None, None, :]
    return ((x * across + y * down + x * y // 7 + 85 * channel) % 256).astype(np.uint8)


def cosines(checker, pixels):
    vector = checker.visual_projection(checker.vision_model(pixels)[1])
    near = lambda table: torch.nn.functional.cosine_similarity(vector[:, None], table[None], dim=-1)[0]
    return near(checker.concept_embeds), near(checker.special_care_embeds)


def make(out):
    folder = out / "safety"
    shutil.rmtree(folder, ignore_errors=True)
    config = CLIPConfig(vision_config=VISION, projection_dim=8)
    checker = tiny_models.randomise(StableDiffusionSafetyChecker(config), 9000, "visual_projection")
    for offset, name in enumerate(("concept_embeds", "special_care_embeds")):
        table = getattr(checker, name)
        table.copy_(common.normal(9500 + offset, *table.shape))
    checker.half().float()
    processor = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    pictures = [pattern(*sizes) for sizes in PICTURES]
    prepared = [processor(Image.fromarray(picture), return_tensors="pt").pixel_values for picture in pictures]
    found = [cosines(checker, pixels) for pixels in prepared]
    concepts, special = (torch.stack([pair[part] for pair in found]) for part in (0, 1))
    # Nothing reaches a threshold but: the first picture its own concept, the second one only because a special
    # concept makes the others stricter.
    thresholds = concepts.amax(0) + 0.05
    special_thresholds = special.amax(0) + 0.05
    own = int((concepts[0] - concepts[1:].amax(0)).argmax())
    thresholds[own] = (concepts[0, own] + concepts[1:, own].amax()) / 2
    raised = int((special[1] - torch.cat([special[:1], special[2:]]).amax(0)).argmax())
    special_thresholds[raised] = special[1, raised] - 0.01
    other = next(index for index in range(17) if index != own)
    thresholds[other] = concepts[1, other] + 0.005
    checker.concept_embeds_weights.copy_(thresholds)
    checker.special_care_embeds_weights.copy_(special_thresholds)
    checker.half().save_pretrained(folder / "safety_checker")
    processor.save_pretrained(folder / "feature_extractor")
    checker.float()
    cases = []
    for sizes, picture, pixels, (near, care) in zip(PICTURES, pictures, prepared, found):
        blacked, flags = checker(clip_input=pixels, images=[picture.astype(np.float32)])
        cases.append({"picture": list(sizes), "concepts": [round(value, 6) for value in near.tolist()],
                      "special": [round(value, 6) for value in care.tolist()], "flagged": flags[0]})
        assert flags[0] == (not blacked[0].any())
    print("  flagged:", [case["flagged"] for case in cases])
    tiny_models.settle_json(folder)
    (folder / "cases.json").write_text(json.dumps(cases) + "\n", "utf-8")
