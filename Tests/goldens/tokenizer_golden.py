"""What transformers' CLIPTokenizer makes of 300 strings, with a small vocabulary trained here.

Writes tokenizer/{vocab.json,merges.txt,tokenizer_config.json,special_tokens_map.json,cases.json}: CLIP's file
formats, byte-level pairs over words of fifteen languages. And tokenizer/rare.json: 300 strings of rare scalars.
"""
import collections
import json
import random

import tokenizer_strings as words

MERGES = 2000
CASES = 300
RARE = 300


def byte_symbols():
    """Which printable character stands for each byte (GPT-2's table)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {byte: chr(byte) for byte in plain}
    spare = 256
    for byte in range(256):
        if byte not in table:
            table[byte] = chr(spare)
            spare += 1
    return table, plain


def train(corpus, count):
    """Byte-pair merges over words, most frequent pair first, ties by the pair itself."""
    table, _ = byte_symbols()
    splits = {}
    for word in corpus:
        symbols = [table[b] for b in word.encode()]
        symbols[-1] += "</w>"
        splits[word] = symbols
    merges = []
    while len(merges) < count:
        pairs = collections.Counter()
        for word, times in corpus.items():
            symbols = splits[word]
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += times
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        for symbols in splits.values():
            i = 0
            while i < len(symbols) - 1:
                if (symbols[i], symbols[i + 1]) == best:
                    symbols[i:i + 2] = ["".join(best)]
                i += 1
    return merges


def write_vocabulary(folder, merges):
    table, plain = byte_symbols()
    order = [table[b] for b in plain] + [table[b] for b in range(256) if b not in set(plain)]
    tokens = order + [s + "</w>" for s in order] + ["".join(m) for m in merges]
    tokens = list(dict.fromkeys(tokens)) + ["<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(
        json.dumps({t: i for i, t in enumerate(tokens)}, ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text(
        "#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges), encoding="utf-8")
    special = lambda text: {
        "content": text, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}
    names = {
        "bos_token": special("<|startoftext|>"), "eos_token": special("<|endoftext|>"),
        "unk_token": special("<|endoftext|>"), "pad_token": "<|endoftext|>"}
    (folder / "special_tokens_map.json").write_text(json.dumps(names, indent=2))
    config = {
        "add_prefix_space": False, "do_lower_case": True, "errors": "replace", "model_max_length": 77,
        "tokenizer_class": "CLIPTokenizer",
        **{k: ({"__type": "AddedToken", **v} if isinstance(v, dict) else v) for k, v in names.items()}}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2))


def make(out):
    from transformers import CLIPTokenizer

    folder = out / "tokenizer"
    folder.mkdir(parents=True, exist_ok=True)
    write_vocabulary(folder, train(words.corpus(), MERGES))
    tokenizer = CLIPTokenizer.from_pretrained(str(folder))
    assert tokenizer.model_max_length == 77
    write_cases(folder / "cases.json", tokenizer, words.strings(random.Random(20240607), CASES))
    write_cases(folder / "rare.json", tokenizer, words.rare_strings(random.Random(20261127), RARE))


def write_cases(path, tokenizer, strings):
    cases = []
    for text in strings:
        ids = tokenizer(text, padding="max_length", max_length=77, truncation=True).input_ids
        assert len(ids) == 77
        length = next(i for i in range(77, 0, -1) if i == 1 or ids[i - 1] != ids[76])
        cases.append([text, ids[:min(77, length + 1)]])
    # One case a line: the string and its ids up to the first padding, which repeats to 77.
    lines = ",\n".join(json.dumps(c, separators=(",", ":"), ensure_ascii=False) for c in cases)
    path.write_text("[\n" + lines + "\n]\n", encoding="utf-8")
