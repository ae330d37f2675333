"""A small byte-pair vocabulary in CLIP's file formats, learned from a few sentences."""
import json
from collections import Counter

MERGES = 160
TEXT = """
a small red circle on a blue background, a large yellow star left of a green square, purple hexagon, pink ring
white cross above a black diamond, cyan triangle below an orange circle, mountains and hills by the sea at sunset
snow in the forest at night, a castle in the city, a boat under the moon, a cactus in the desert, birds and clouds
un petit bateau rouge sur la mer au coucher du soleil, une forêt sous la neige, un château dans la ville, la nuit
a photograph of an astronaut riding a horse, masterpiece, best quality, highly detailed, blurry, low quality
""".split()


def byte_symbols():
    """GPT-2's printable stand-ins for the 256 bytes, printable bytes first."""
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + i) for i, byte in enumerate(others)}


def learn(symbols):
    """The most frequent pairs, merged one after another; ties go to the smaller pair."""
    words = Counter()
    for word in TEXT:
        word = word.strip(",").lower()
        spelt = [symbols[byte] for byte in word.encode()]
        words[tuple(spelt[:-1] + [spelt[-1] + "</w>"])] += 1
    merges = []
    while len(merges) < MERGES:
        pairs = Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = Counter({merge(word, best): count for word, count in words.items()})
    return merges


def merge(word, pair):
    merged, index = [], 0
    while index < len(word):
        if word[index : index + 2] == pair:
            merged.append(pair[0] + pair[1])
            index += 2
        else:
            merged.append(word[index])
            index += 1
    return tuple(merged)


def write(folder):
    """Writes vocab.json, merges.txt and tokenizer_config.json; returns the number of tokens."""
    symbols = byte_symbols()
    merges = learn(symbols)
    vocabulary = list(symbols.values()) + [symbol + "</w>" for symbol in symbols.values()]
    vocabulary += [first + second for first, second in merges]
    vocabulary += ["<|startoftext|>", "<|endoftext|>"]
    assert len(vocabulary) == len(set(vocabulary))
    folder.mkdir(parents=True, exist_ok=True)
    numbered = {token: number for number, token in enumerate(vocabulary)}
    (folder / "vocab.json").write_text(json.dumps(numbered, ensure_ascii=False), "utf-8")
    lines = ["#version: 0.2"] + [f"{first} {second}" for first, second in merges]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", "utf-8")
    special = {
        "bos_token": "<|startoftext|>",
        "eos_token": "<|endoftext|>",
        "pad_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>",
    }
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=2))
    config = {
        "add_prefix_space": False,
        "do_lower_case": True,
        "errors": "replace",
        "model_max_length": 77,
        "tokenizer_class": "CLIPTokenizer",
        **special,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2))
    return len(vocabulary)
