"""Every key that AUTOMATIC1111's web UI or this service writes into `parameters`, and what a reader makes of it."""

import json

# Key, value as it is meant, and the settings it comes to.
TAKEN = [
    ("Steps", "33", {"steps": 33}),
    ("Sampler", "DPM++ 2M SDE", {"sampler": "DPM++ 2M SDE"}),
    ("Sampler", "DPM++ 2M Karras", {"sampler": "DPM++ 2M", "schedule": "karras"}),
    ("Schedule type", "Karras", {"schedule": "karras"}),
    ("Schedule type", "SGM Uniform", {"schedule": "sgm_uniform"}),
    ("CFG scale", "6.5", {"guidance_scale": 6.5}),
    ("Seed", "965400086", {"seed": 965400086}),
    ("Size", "512x768", {"width": 512, "height": 768}),
    ("Model", "atelier-demo", {"model": "atelier-demo"}),
    ("Variation seed", "12", {"variation_seed": 12}),
    ("Variation seed strength", "0.25", {"variation_strength": 0.25}),
    ("Seed resize from", "256x128", {"seed_resize_from_w": 256, "seed_resize_from_h": 128}),
    ("Denoising strength", "0.35", {"strength": 0.35, "mode": "img2img"}),
    ("Clip skip", "2", {"clip_skip": 2}),
    ("ENSD", "31337", {"seed_delta": 31337}),
    ("RNG", "CPU", {"noise_source": "cpu"}),
    ("RNG", "NV", {"noise_source": "nv"}),
    ("Tiling", "True", {"tiling": True}),
    ("Mask mode", "Inpaint not masked", {"mask_invert": True, "mode": "inpaint"}),
    ("Mask blur", "7", {"mask_blur": 7, "mode": "inpaint"}),
    ("Inpaint area", "Only masked", {"inpaint_area": "masked", "mode": "inpaint"}),
    ("Masked area padding", "16", {"mask_padding": 16}),
    ("Masked content", "fill", {"inpaint_fill": "fill", "mode": "inpaint"}),
    ("Masked content", "latent noise", {"inpaint_fill": "latent_noise", "mode": "inpaint"}),
    ("Masked content", "latent nothing", {"inpaint_fill": "latent_nothing", "mode": "inpaint"}),
    ("Hires upscale", "1.5", {"hires_scale": 1.5}),
    ("Hires resize", "128x128", {"hires_scale": 2}),
    ("Hires steps", "11", {"hires_steps": 11}),
    ("Hires upscaler", "Latent (bicubic)", {"hires_upscaler": "Latent (bicubic)"}),
    ("Hires sampler", "DDIM", {"hires_sampler": "DDIM"}),
    ("Hires schedule type", "Exponential", {"hires_schedule": "exponential"}),
    ("Hires prompt", "a red, round: circle\nof light", {"hires_prompt": "a red, round: circle\nof light"}),
    ("Hires negative prompt", 'a "blur"', {"hires_negative_prompt": 'a "blur"'}),
    ("Final denoising strength", "0.4", {"loopback_strength": 0.4}),
    ("Denoising curve", "Aggressive", {"loopback": "aggressive"}),
    ("Schedule min sigma", "0.1", {"schedule_sigma_min": 0.1}),
    ("Schedule max sigma", "12", {"schedule_sigma_max": 12}),
    ("Schedule rho", "5", {"schedule_rho": 5}),
    ("Eta", "0.5", {"eta": 0.5}),
    ("Sigma churn", "5", {"sigma_churn": 5}),
    ("Sigma tmin", "0.2", {"sigma_tmin": 0.2}),
    ("Sigma tmax", "9", {"sigma_tmax": 9}),
    ("Sigma noise", "1.01", {"sigma_noise": 1.01}),
    ("Emphasis", "No norm", {"emphasis": "no_norm"}),
    ("Emphasis", "Ignore", {"emphasis": "ignore"}),
    ("Watermark", "made, by: us", {"watermark": "made, by: us"}),
]

# What names something that is not here: it is said which.
MISSING = [("Model hash", "6ce0161689"), ("VAE", "vae-ft-mse-840000.safetensors"), ("Hires upscaler", "R-ESRGAN 4x+")]

# What cannot be asked for: it is named too.
UNUSED = [
    ("Image CFG scale", "1.5"), ("Face restoration", "CodeFormer"), ("FP8 weight", "Enable"),
    ("Cache FP16 weight for LoRA", "True"), ("Conditional mask weight", "0.5"), ("Token merging ratio", "0.5"),
    ("Token merging ratio hr", "0.5"), ("NGMS", "1"), ("Noise multiplier", "0.9"), ("Hires checkpoint", "other"),
    ("Hires CFG Scale", "5"), ("Pad conds", "True"), ("SGM noise multiplier", "True"), ("Refiner", "xl [abc]"),
    ("Some extension", "a: b, c\nd"),
]

# What says nothing that could be set: passed over in silence.
SILENT = [
    ("VAE hash", "735e4c3a44"), ("Init image hash", "ab" * 32), ("Lora hashes", "one: 0123456789ab, two: ba9876543210"),
    ("TI hashes", "easy: 0123456789ab"), ("Hypernet hashes", "h: 0123456789ab"), ("User", "anna"), ("Version", "v1.10.1"),
    ("Batch size", "4"), ("Batch pos", "2"), ("Safety checker", "passed"),
]


def quoted(value: str) -> str:
    """A value as the web UI writes it."""
    return json.dumps(value, ensure_ascii=False) if any(mark in value for mark in ",:\n") else value


def text(*pairs) -> str:
    """A picture's text with these keys in it, after those that every text has."""
    given = [key for key, _ in pairs]
    usual = [("Steps", "20"), ("Sampler", "Euler"), ("CFG scale", "7"), ("Seed", "1"), ("Size", "64x64"), ("RNG", "CPU")]
    pairs = [pair for pair in usual if pair[0] not in given] + list(pairs)
    return "a (red:1.2) circle\nNegative prompt: blurry,\nugly\n" + ", ".join(f"{key}: {quoted(value)}" for key, value in pairs)
