"""Teaches the text encoder the grammar before any picture is involved.

Linear heads on one random position at or after the end token must name the scene's attributes by place (colour on
the left, shape at the bottom, background, hour...).  Learning that from the diffusion loss alone takes far longer,
since most of the 77 positions are padding and the gradient reaches the words through all of them.  Afterwards the
encoder stays frozen.  Combinations kept for the evaluation are kept from this lesson too.
"""
import argparse
import os
import random
import time

import torch
import torch.nn.functional as F
from transformers import CLIPTextConfig, CLIPTextModel

import captions
import scenes
from tokenizer import Tokenizer

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--run", required=True, help="folder with tokenizer/; text_encoder/ is written there")
ap.add_argument("--steps", type=int, default=2500)
ap.add_argument("--batch", type=int, default=64)
ap.add_argument("--lr", type=float, default=8e-4)
ap.add_argument("--width", type=int, default=192)
ap.add_argument("--layers", type=int, default=3)
ap.add_argument("--threads", type=int, default=1)
a = ap.parse_args()

torch.set_num_threads(a.threads)
tokenizer = Tokenizer(f"{a.run}/tokenizer")
encoder = CLIPTextModel._from_config(CLIPTextConfig(
    vocab_size=len(tokenizer.vocabulary), hidden_size=a.width, intermediate_size=4 * a.width, num_hidden_layers=a.layers,
    num_attention_heads=a.width // 48, max_position_embeddings=77, hidden_act="quick_gelu", projection_dim=a.width,
    bos_token_id=tokenizer.start, eos_token_id=tokenizer.end, pad_token_id=tokenizer.end), attn_implementation="eager")
heads = torch.nn.ModuleList(torch.nn.Linear(a.width, len(values) + 1) for _, values in captions.ATTRIBUTES)
trained = list(encoder.parameters()) + list(heads.parameters())
adam = torch.optim.AdamW(trained, lr=a.lr, weight_decay=.01, fused=True)
checkpoint, step = f"{a.run}/text.pt", 0
if os.path.exists(checkpoint):
    state = torch.load(checkpoint)
    encoder.load_state_dict(state["encoder"])
    heads.load_state_dict(state["heads"])
    adam.load_state_dict(state["adam"])
    step = state["step"]


def lesson(rng, count):
    """Captions with their answers; a few are empty and mean nothing at all."""
    texts, answers = [], []
    while len(texts) < count:
        scene = scenes.sample(rng, pairs=.5, singles=.2)
        if scenes.held_out(scene):
            continue
        empty = rng.random() < .03
        texts.append("" if empty else captions.noisy(scene, rng))
        answers.append([0] * len(captions.ATTRIBUTES) if empty else captions.attributes(scene))
    return torch.tensor([tokenizer(t) for t in texts]), torch.tensor(answers)


def grade(ids, answers):
    """Loss, and for each attribute and caption whether the answer is right."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        context = encoder(input_ids=ids).last_hidden_state
    first = (ids == tokenizer.end).int().argmax(1)
    position = first + (torch.rand(len(ids)) * (77 - first)).long()
    read = context[torch.arange(len(ids)), position].float()
    guesses = [head(read) for head in heads]
    loss = sum(F.cross_entropy(g, answers[:, k]) for k, g in enumerate(guesses)) / len(guesses)
    return loss, torch.stack([g.argmax(1) == answers[:, k] for k, g in enumerate(guesses)])


rng, begun = random.Random(step + 5), time.time()
while step < a.steps:
    rate = a.lr * min(1, (step + 1) / 60) * max(.02, 1 - step / a.steps)
    for group in adam.param_groups:
        group["lr"] = rate
    loss, right = grade(*lesson(rng, a.batch))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.)
    adam.step()
    adam.zero_grad()
    step += 1
    if step % 50 == 0:
        print(f"text step {step} loss {loss.item():.4f} all right {right.all(0).float().mean():.3f} t {time.time() - begun:.0f}s", flush=True)
    if step % 500 == 0 or step == a.steps:
        torch.save(dict(encoder=encoder.state_dict(), heads=heads.state_dict(), adam=adam.state_dict(), step=step), checkpoint)
        encoder.save_pretrained(f"{a.run}/text_encoder", safe_serialization=True)
with torch.no_grad():
    exam = [grade(*lesson(random.Random(10 ** 6 + i), 64))[1] for i in range(16)]
right = torch.cat(exam, 1).float()
print("exam:", {name: round(right[k].mean().item(), 4) for k, (name, _) in enumerate(captions.ATTRIBUTES)},
      "all right", round(right.all(0).float().mean().item(), 3))
