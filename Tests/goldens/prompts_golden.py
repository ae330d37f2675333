"""Prompts read by the published grammar of AUTOMATIC1111's web UI, run by lark, and by its bracket rules as a regex;
generation parameters read by the rules of its reader.

Most inputs are random strings over the characters that mean something: the parsers must agree on all of them.
"""

import json
import pathlib
import random
import re

import lark

GRAMMAR = lark.Lark(r"""
start: (prompt | /[][():]/+)*
prompt: (emphasized | scheduled | alternate | plain | WHITESPACE)*
!emphasized: "(" prompt ")" | "(" prompt ":" prompt ")" | "[" prompt "]"
scheduled: "[" [prompt ":"] prompt ":" [WHITESPACE] NUMBER [WHITESPACE] "]"
alternate: "[" prompt ("|" [prompt])+ "]"
WHITESPACE: /\s+/
plain: /([^\\\[\]():|]|\\.)+/
%import common.SIGNED_NUMBER -> NUMBER
""")

CASES = [
    "test", "a [b:3]", "a [b: 3]", "a [[[b]]:2]", "[a:2]", "[a::2]", "[a:b:.5]", "a [b:.5] c", "[fe|]male",
    "[fe|||]male", "a [unbalanced", "((a][:b:c [d:3]", "[a|(b:1.1)]", "(a [b:1.5] c]", "a | b [c:3]",
    "[a:b:1]", "[a:b:1.0]", "[a:b:2e0]", "[a:b:-1]", "[a:b:99]", "[a:[b:c:7]:3]", "x [a|[b:c:.5]] y", "",
    "[]", "()", "[:]", "[::]", "[|]", "[a:b:c:3]", "a\\[b:3]", "[a\\:b:3]", "trailing \\", "(a:b:c)", "[a:3:5]",
]


SECOND = [
    "[a:b:.5]", "[a:b:1.5]", "[a:b:1.0]", "[a:b:1]", "[a:b:10]", "[a:b:13]", "[a:b:16]", "[a:b:99]", "[a:b:2.0]",
    "[a:b:1.99]", "x [a|b|] y", "[[a:c:3]:b:12]", "[a:[b:c:1.75]:1.25]", "[a::1.2]", "[a:11]", "[a:b:-1]", "[a:b:0.0]",
    "(a [b:1.5] c]", "[a|[b:c:1.5]]", "plain",
]


def tree_of(prompt):
    try:
        return GRAMMAR.parse(prompt)
    except lark.exceptions.LarkError:
        return None


def last_step(number, steps, first):
    """`first`: steps of the pass before, which has fractions up to 1 and the first numbers for itself."""
    value = float(number)
    return min(steps, int((value - (first > 0)) * steps if "." in number else value - first))


def schedule(prompt, steps=10, first=0):
    """[[last step, text], ...], as the grammar and its step rules say."""
    tree = tree_of(prompt)
    if tree is None:
        return [[steps, prompt]]
    ends = {steps}
    for node in tree.iter_subtrees():
        if node.data == "scheduled":
            end = last_step(node.children[-2], steps, first)
            if end >= 1:
                ends.add(end)
        elif node.data == "alternate":
            ends.update(range(1, steps + 1))

    def text(node, step):
        if node is None:
            return ""
        if isinstance(node, lark.Token):
            return str(node)
        if node.data == "scheduled":
            before, after, _, number, _ = node.children
            return text(before if step <= last_step(number, steps, first) else after, step)
        if node.data == "alternate":
            return text(node.children[(step - 1) % len(node.children)], step)
        return "".join(text(child, step) for child in node.children)

    return [[end, text(tree, end)] for end in sorted(ends)]


TOKEN = re.compile(r"\\[()\[\]\\]|\\|\(|\[|:\s*([+-]?[.0-9]+)\s*\)|\)|\]|[^\\()\[\]:]+|:")
BREAK = re.compile(r"\s*\bBREAK\b\s*")


def attention(prompt):
    """[[text, weight], ...]; a weight that is no number leaves its text as it is."""
    pieces, opened = [], {"(": [], "[": []}

    def scale(start, factor):
        for piece in pieces[start:]:
            piece[1] *= factor

    position = 0
    while position < len(prompt):
        match = TOKEN.match(prompt, position)
        token, weight = match.group(), match.group(1)
        if weight is not None:
            try:
                weight = float(weight)
            except ValueError:
                weight = None
            if weight is None or not opened["("]:
                token = ":"
                weight = None
        position += len(token)
        if token.startswith("\\"):
            pieces.append([token[1:], 1.0])
        elif token in opened:
            opened[token].append(len(pieces))
        elif weight is not None:
            scale(opened["("].pop(), weight)
        elif token == ")" and opened["("]:
            scale(opened["("].pop(), 1.1)
        elif token == "]" and opened["["]:
            scale(opened["["].pop(), 1 / 1.1)
        else:
            for number, part in enumerate(BREAK.split(token)):
                if number:
                    pieces.append(["BREAK", -1.0])
                pieces.append([part, 1.0])
    for start in opened["("]:
        scale(start, 1.1)
    for start in opened["["]:
        scale(start, 1 / 1.1)
    joined = []
    for text, weight in pieces or [["", 1.0]]:
        if joined and joined[-1][1] == weight:
            joined[-1][0] += text
        else:
            joined.append([text, weight])
    return joined


# A closing bracket before two more characters of the grammar: which of the readings lark takes there is an
# accident of its algorithm, and no rule that a person could know.
AMBIGUOUS = re.compile(r"\][][():]{2}")


SETTING = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')

INFOTEXTS = [
    "a cat\nNegative prompt: dog\nSteps: 20, Sampler: DPM++ 2M, CFG scale: 7, Size: 512x768, Seed: 1",
    "a cat,\nblack\nNegative prompt: dog\n bad \nSteps: 20, Sampler: Euler a, Model: \"a, b: \\\"c\\\"\", Hires resize: 0x0",
    "only a prompt", "Steps: 20, Sampler: Euler", "Steps: 1, Seed: 2, Size: 8x8", "", "\n\n",
    "x\nSteps: 20, Lora hashes: \"a: 1, b: 2\", Version: v1.10.1, Steps: 21",
    "a: 1, b: 2\nNegative prompt:\nSteps: 20, Sampler: X, Eta: , Clip skip: 2",
]


def settings_of(line):
    return SETTING.findall(line)


def infotext(text):
    """{prompt, negative_prompt, settings}, by the published rules of the web UI's reader."""
    lines = text.strip().split("\n")
    found = settings_of(lines[-1])
    if len(found) >= 3:
        lines.pop()
    else:
        found = []
    settings, prompts, kind = {}, {"prompt": [], "negative_prompt": []}, "prompt"
    for line in (line.strip() for line in lines):
        if line.startswith("Negative prompt:"):
            kind, line = "negative_prompt", line[16:].strip()
        prompts[kind].append(line)
    for key, value in found:
        if value[:1] == '"' and value[-1:] == '"':
            try:
                value = json.loads(value)
            except ValueError:
                pass
        size = re.match(r"^(\d+)x(\d+)$", value)
        settings.update({key + "-1": size[1], key + "-2": size[2]} if size else {key: value})
    return {**{name: "\n".join(lines) for name, lines in prompts.items()}, "settings": settings}


def random_infotexts(count):
    source = random.Random(7)
    words = ["Steps", ": ", "20", ", ", "Seed: 1", "\"", "\"a, b\"", "\n", "Negative prompt: ", "x", "8x9", "\\", " / -",
             "Model: \"q: \\\"r\", ", "K: v, "]
    return ["".join(source.choices(words, k=source.randint(1, 14))) for _ in range(count)]


def random_prompts(count):
    source = random.Random(20261126)
    words = ["a", "b ", " cat", ":", ":", "(", ")", "[", "]", "|", ":3", ":.5]", ":1.2)", "\\(", "\\", " BREAK ",
             "BREAK", " ", "[x:y:4]", "(z)", "é"]
    prompts = ("".join(source.choices(words, k=source.randint(1, 9))) for _ in range(count))
    return [prompt for prompt in prompts if not AMBIGUOUS.search(prompt)]


def make(out):
    scheduled = CASES + random_prompts(500)
    weighed = ["a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).", "(a:1.2.3)", "(a BREAK b)", "a BREAK b",
               *CASES, *random_prompts(500)]
    golden = {"schedule": [[prompt, schedule(prompt)] for prompt in scheduled],
              # The second pass, of 6 steps, after one of 10.
              "second": [[prompt, schedule(prompt, 6, 10)] for prompt in SECOND],
              "attention": [[prompt, attention(prompt)] for prompt in weighed],
              "infotext": [[text, infotext(text)] for text in INFOTEXTS + random_infotexts(200)]}
    # One case a line, so that a change of one is seen as one.
    parts = [json.dumps(name) + ": [\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]"
             for name, cases in golden.items()]
    folder = pathlib.Path(out) / "prompts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prompts.json").write_text("{\n" + ",\n".join(parts) + "\n}\n")
