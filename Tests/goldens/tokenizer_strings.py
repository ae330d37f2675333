"""Words to train the vocabulary on and strings to try it with, of many scripts."""

import collections
import random
import unicodedata

WORDS = {
    "en": """a an the of on in with and over under near two red green blue yellow purple orange black white
small large bright dark circle square triangle star ring house river mountain forest castle bird cat dog
painting photo portrait landscape highly detailed cinematic lighting watercolor oil canvas sunset night day
sky sea snow desert ancient modern futuristic city street light shadow golden silver glass stone wooden
soft sharp focus studio style digital art illustration sketch drawing render volumetric fog mist dragon
knight robot astronaut riding horse through field flowers trees garden window beautiful colorful""",
    "fr": """un une le la les de du des sur sous avec près et petit petite grand grande cercle carré étoile
maison rivière montagne forêt château oiseau chien chat rouge vert bleu jaune noir blanche à l'aube été
hiver automne printemps peinture à l'huile coucher soleil lumière dorée œuvre façade naïve où çà garçon""",
    "de": """ein eine der die das über unter mit und klein groß Kreis Stern Haus Fluss Gebirge Wald Schloss
Vogel Straße schön grün weiß Übergröße Ölgemälde früh Maß Größe heiß""",
    "es": """un una el los con sobre bajo niño montaña corazón estrella pequeño azul rojo verde ¿dónde? ¡hola!
mañana sueño jardín""",
    "ru": """красный круг на синем фоне маленький большой дом река гора лес замок птица кошка звезда ночь день
солнце море снег пустыня город свет тень золотой старый новый""",
    "el": """κόκκινος κύκλος μπλε φόντο σπίτι ποτάμι βουνό δάσος κάστρο πουλί αστέρι νύχτα ημέρα ήλιος
θάλασσα φως σκιά ΟΔΟΣ ΣΟΦΟΣ""",
    "ar": "دائرة حمراء على خلفية زرقاء بيت نهر جبل غابة قلعة طائر نجمة ليل نهار شمس بحر ضوء مُحَمَّد",
    "he": "עיגול אדום על רקע כחול בית נהר הר יער טירה ציפור כוכב לילה יום שמש ים שָׁלוֹם",
    "hi": "लाल वृत्त नीली पृष्ठभूमि पर घर नदी पहाड़ जंगल किला पक्षी तारा रात दिन सूरज समुद्र क़िला १२३",
    "th": "วงกลม สีแดง บน พื้น สีน้ำเงิน บ้าน แม่น้ำ ภูเขา ป่า ปราสาท นก ดาว กลางคืน",
    "zh": "红色 圆形 蓝色 背景 房子 河流 山 森林 城堡 鸟 星星 夜晚 白天 太阳 大海 雪 沙漠 城市",
    "ja": "赤い 丸 青い 背景 家 川 山 森 城 鳥 星 夜 昼 太陽 海 ガラス パピプペポ ﾊﾝｶｸ ｶﾞ",
    "ko": "빨간 원 파란 배경 집 강 산 숲 성 새 별 밤 낮 태양 바다 눈 사막 도시",
    "vi": "hình tròn màu đỏ trên nền xanh ngôi nhà dòng sông ngọn núi rừng lâu đài",
    "tr": "kırmızı daire mavi İstanbul ığdır şehir güneş IŞIK",
}
EMOJI = ["😀", "👍🏽", "👩‍👩‍👧‍👦", "🇫🇷", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☃", "🧙‍♀️", "1️⃣", "🀄", "✨✨"]
ENTITIES = ["&amp;", "&lt;b&gt;", "&#233;", "&nbsp;", "&quot;x&quot;", "&amp;amp;", "<br>", "&copy"]
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\u2028", "\x0b", "\x0c",
          "\x1c", "\x1f", "\x85", "\u180e", "\ufeff", "\u2060", "\u202f", "\u1680"]
CONTROLS = ["\x00", "\x01", "\x07", "\x1b[31m", "\x7f", "\x9f", "\ufffd", "\uffff", "\u202e", "\U000e0001",
            "\U0010ffff"]
PUNCTUATION = ["!", "?!", "...", "—", "'", "''", "\"", "(a:1.2)", "[x]", "{}", "<|", "|>", "\\", "/", "#",
               "$9.99", "50%", "a_b", "x-y", "--", "«»", "„“", "，", "。", "、", "€", "°C", "½", "²", "Ⅷ", "①",
               "½½", "٣", "٤٥", "๔", "㊗", "½a"]
APOSTROPHES = ["it's", "don't", "we're", "I'VE", "I'm", "he'll", "she'd", "'s", "'t", "''s", "'sx", "O'S'",
               "it’s", "'re'", "a'''d", "'Ll", "l'été", "rock'n'roll"]
NUMBERS = ["0", "7", "42", "1234", "3.14", "1,000", "4k", "8K", "1080p", "x2", "2x4", "00", "１２", "Ⅻ"]
CASES = ["ǅ", "ß", "ẞ", "İ", "ı", "Σ", "ς", "ΑΣ", "ﬁ", "Å", "Ω", "K", "A\u030a", "e\u0301", "q\u0307\u0323",
         "\u1100\u1161\u11a8", "\u0344", "\u0958", "ｶﾞ", "Ǆ", "ŉ", "ΐ", "\u0345", "ᾳ", "ᾼ", "Ⓐ", "𐐀", "𝐀",
         "\u1e9b\u0323", "\u2126", "\uf900", "가", "각", "\u0f73", "\u0301", "\u0301e"]
SPECIAL = ["<|startoftext|>", "<|endoftext|>", "<|ENDOFTEXT|>", "a<|endoftext|>b", "<|endoftext|", "<|endoftext",
           "<|startoftext|> a cat <|endoftext|>", "<|EndOfText|>s", "<|endoftext|><|endoftext|>", "</w>", "a</w>",
           " <|endoftext|> ", "<|end\u200boftext|>"]


def corpus():
    """Words and how often they are seen; NFC and lower case, as the tokenizer sees them."""
    counts = collections.Counter()
    for index, text in enumerate(WORDS.values()):
        for position, word in enumerate(text.split()):
            word = "".join(c for c in unicodedata.normalize("NFC", word).lower() if c.isalpha())
            if word:
                counts[word] += 1 + (7 * position + 3 * index) % 5
    for word in ["...", "!!", "--", "(", ")", ",", ".", ":", "✨", "😀", "'s", "'t", "'re"]:
        counts[word] += 3
    return counts


def pieces(rng):
    pools = [w.split() for w in WORDS.values()]
    extra = [EMOJI, ENTITIES, CONTROLS, PUNCTUATION, APOSTROPHES, NUMBERS, CASES, SPECIAL]
    kind = rng.random()
    if kind < 0.55:
        word = rng.choice(rng.choice(pools))
        return rng.choice([word, word, word.upper(), word.capitalize()])
    if kind < 0.9:
        return rng.choice(rng.choice(extra))
    if kind < 0.95:
        return chr(rng.choice([rng.randrange(0x20, 0x7f), rng.randrange(0xa0, 0x3000), rng.randrange(0x3000, 0xd7ff)]))
    return unicodedata.normalize(rng.choice(["NFD", "NFKD"]), rng.choice(rng.choice(pools)))


def strings(rng, count):
    """The empty string, every special piece alone, very long ones, then random mixtures."""
    fixed = ["", " ", "\n\n", "a" * 300, "é" * 200, "1" * 100, "!" * 500, "ab " * 100, "红" * 90, "😀" * 40,
             "a photo of an astronaut riding a horse on mars"]
    for pool in [EMOJI, ENTITIES, SPACES, CONTROLS, PUNCTUATION, APOSTROPHES, NUMBERS, CASES, SPECIAL]:
        fixed += pool
    result = list(dict.fromkeys(fixed))
    while len(result) < count:
        length = rng.choice([1, 1, 2, 2, 3, 3, 4, 5, 8, 8, 13])
        text = ""
        for _ in range(length):
            text += pieces(rng)
            space = rng.random()
            text += " " if space < 0.7 else "" if space < 0.85 else rng.choice(SPACES)
        if text not in result:
            result.append(text)
    return result[:count]


# Marks and letters by the version of Unicode that brought them: what a library's tables do not know yet it takes for
# unassigned numbers.
RARE = {
    "marks before 10": "0301 0316 0334 0345 0323 05B4 064E 093C 0F71 0F74 0F73 0F81 094D 3099 1D165 1D167 11133 E0100",
    "marks since 10": "1DF6 1DF9 0D3B 11A34 07FD 08D3 10F46 1133B 11839 1E130 119E0 0EBA 1ABF 16FF0 1DFA 0C3C 0898 1715",
    "marks since 15": "10EFD 1E08F 1E4EC 11F41 0897 10D69 1E5EE 113CE 1612F 1ACF 1ADD 10EFA 1AEB",
    "letters": "0041 00C5 0130 03A3 0587 1E9E 01C5 10400 1F88 AC00 1100 1161 11A8 FB1D 2F800 0958 1D4A5 16F00",
    "letters since 14": "1057C 2C2F A7C0 1DF00 11F04 1B132 A7CB 10D4A 105C9 11383 1C89 A7DC",
    "letters since 17": "088F 0C5C A7CE A7D2 A7F1 10940 16EA0 16EBB 11DB0 32000 323B0 18D7F",
    "numbers": "00B2 0664 2160 3007 4E00 1D7CE 1F100 16AC5 1E4F0 11F50 1CCF0 10D40 11DE0 16FF4",
    "others": "0020 00A0 2003 200B 2028 FEFF 0378 E0000 F8FF 10FFFF 1F9E6 0027 003C 007C 0073 0074",
}


def rare_strings(rng, count):
    """Every scalar between two letters, then random mixtures."""
    pools = [[chr(int(code, 16)) for code in line.split()] for line in RARE.values()]
    result = [f"a{scalar}b" for pool in pools for scalar in pool]
    while len(result) < count:
        result.append("".join(rng.choice(rng.choice(pools)) for _ in range(rng.randrange(2, 12))))
    return result[:count]
