"""A byte-pair vocabulary of our own in CLIP's file formats, learnt from the caption grammar alone.

Merging goes on until every word of the grammar is one token.  The layout is CLIP's: 256 byte symbols, the same with
`</w>`, the merges, then the start and end tokens.
"""
import argparse
import collections
import json
import os
import random
import re
import unicodedata

START, END = "<|startoftext|>", "<|endoftext|>"
PATTERN = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+|_+", re.I)


def byte_symbols():
    """CLIP's printable stand-in for each byte."""
    plain = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    table = {b: chr(b) for b in plain}
    for b in range(256):
        if b not in table:
            table[b] = chr(256 + len(table) - len(plain))
    return table


SYMBOL = byte_symbols()


def words(text):
    text = unicodedata.normalize("NFC", " ".join(text.split())).lower()
    return ["".join(SYMBOL[b] for b in word.encode()) for word in PATTERN.findall(text)]


def merge(pieces, pair):
    out, i = [], 0
    while i < len(pieces):
        if tuple(pieces[i:i + 2]) == pair:
            out.append(pieces[i] + pieces[i + 1])
            i += 2
        else:
            out.append(pieces[i])
            i += 1
    return out


def learn(counts):
    pieces = {w: list(w[:-1]) + [w[-1] + "</w>"] for w in counts}
    merges = []
    while True:
        pairs = collections.Counter()
        for word, parts in pieces.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += counts[word]
        if not pairs:
            return merges
        best = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(best)
        pieces = {w: merge(parts, best) for w, parts in pieces.items()}


class Tokenizer:
    def __init__(self, folder):
        with open(os.path.join(folder, "vocab.json"), encoding="utf-8") as f:
            self.vocabulary = json.load(f)
        with open(os.path.join(folder, "merges.txt"), encoding="utf-8") as f:
            lines = f.read().split("\n")[1:]
        self.rank = {tuple(line.split()): i for i, line in enumerate(lines) if line}
        self.start, self.end, self.known = self.vocabulary[START], self.vocabulary[END], {}

    def word(self, word):
        if word not in self.known:
            parts = list(word[:-1]) + [word[-1] + "</w>"]
            while len(parts) > 1:
                best = min(zip(parts, parts[1:]), key=lambda p: self.rank.get(p, 1 << 30))
                if best not in self.rank:
                    break
                parts = merge(parts, best)
            self.known[word] = [self.vocabulary[p] for p in parts]
        return self.known[word]

    def __call__(self, text, length=77):
        ids = [i for w in words(text) for i in self.word(w)][:length - 2]
        return [self.start] + ids + [self.end] * (length - 1 - len(ids))


def write_files(folder, merges):
    symbols = sorted(SYMBOL.values())
    listed = dict.fromkeys(symbols + [s + "</w>" for s in symbols] + ["".join(m) for m in merges] + [START, END])
    os.makedirs(folder, exist_ok=True)

    def put(name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
    put("vocab.json", json.dumps({token: i for i, token in enumerate(listed)}, ensure_ascii=False))
    put("merges.txt", "#version: 0.2\n" + "".join(" ".join(m) + "\n" for m in merges))
    special = dict(bos_token=START, eos_token=END, unk_token=END, pad_token=END)
    put("special_tokens_map.json", json.dumps(special, indent=1) + "\n")
    put("tokenizer_config.json", json.dumps(dict(
        tokenizer_class="CLIPTokenizer", model_max_length=77, **special, add_prefix_space=False, do_lower_case=True,
        errors="replace"), indent=1) + "\n")
    return len(listed)


if __name__ == "__main__":
    import captions
    import scenes
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", required=True)
    a = ap.parse_args()
    rng, counts = random.Random(0), collections.Counter()
    for _ in range(40000):
        counts.update(words(captions.write(scenes.sample(rng), rng)))
    counts.update({w: 50 for part in captions.PREFIX_WORDS for w in words(part)})
    merges = learn(counts)
    print(len(counts), "words,", len(merges), "merges,", write_files(a.out, merges), "tokens")
