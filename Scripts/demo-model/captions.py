"""Captions for scene descriptions, in English and French, and what they mean attribute by attribute."""
import landscapes
import shapes

RELATION = {"left of": ["left of", "to the left of"], "right of": ["right of", "to the right of"],
            "above": ["above", "above", "over", "on top of"], "below": ["below", "below", "under", "beneath"]}
SIZE = {"small": ["small"] * 6 + ["little", "tiny"], "medium": ["medium"] * 7 + ["medium-sized"],
        "large": ["large"] * 6 + ["big", "huge"]}
FR_SHAPE = {"circle": ("cercle", 0), "square": ("carré", 0), "triangle": ("triangle", 0), "star": ("étoile", 1),
            "hexagon": ("hexagone", 0), "diamond": ("losange", 0), "ring": ("anneau", 0), "cross": ("croix", 1)}
FR_COLOUR = {"red": ("rouge", "rouge"), "orange": ("orange", "orange"), "yellow": ("jaune", "jaune"),
             "green": ("vert", "verte"), "cyan": ("cyan", "cyan"), "blue": ("bleu", "bleue"),
             "purple": ("violet", "violette"), "pink": ("rose", "rose"), "white": ("blanc", "blanche"),
             "black": ("noir", "noire")}
FR_SIZE = {"small": ("petit", "petite"), "medium": ("moyen", "moyenne"), "large": ("grand", "grande")}
FR_RELATION = {"left of": "à gauche d'", "right of": "à droite d'", "above": "au-dessus d'", "below": "en dessous d'"}

EN = {
    "mountains": ["mountains", "snowy peaks", "a mountain range", "mountain landscape", "the mountains"],
    "hills": ["hills", "green hills", "rolling hills", "meadow", "the hills"],
    "sea": ["the sea", "sea", "ocean", "a calm sea", "the ocean"],
    "desert": ["desert", "sand dunes", "a sandy desert", "the desert", "a desert"],
    "forest": ["forest", "pine forest", "woods", "a forest", "the forest"],
    "city": ["city", "a city skyline", "town with skyscrapers", "a city", "the city", "skyscrapers"],
    "day": ["day", "daytime", "by day", "blue sky", "in the daytime"],
    "sunset": ["sunset", "at sunset", "dusk", "evening", "at dusk", "in the evening"],
    "night": ["night", "at night", "by night", "midnight"], "snow": ["snow", "winter", "snowing", "in the snow", "in winter"],
    "sun": ["sun", "the sun", "sunshine", "sunny"], "moon": ["moon", "the moon", "crescent moon", "moonlight"],
    "stars": ["stars", "starry sky", "under the stars"], "clouds": ["clouds", "cloudy", "cloudy sky"],
    "house": ["a house", "a cottage", "a little house", "house"], "boat": ["a boat", "a sailboat", "a ship", "boat"],
    "tree": ["a tree", "a big tree", "tree"], "cactus": ["a cactus", "cactus"],
    "castle": ["a castle", "a fortress", "castle"], "bird": ["a bird", "a flying bird", "bird"],
}
FR = {
    "mountains": ["montagnes", "des montagnes", "la montagne", "les montagnes"],
    "hills": ["collines", "des collines", "prairie", "les collines"], "sea": ["la mer", "mer", "océan", "l'océan"],
    "desert": ["désert", "le désert", "dunes de sable", "un désert"],
    "forest": ["forêt", "la forêt", "les bois", "une forêt"], "city": ["ville", "la ville", "gratte-ciel", "une ville"],
    "day": ["jour", "de jour", "ciel bleu", "en plein jour"],
    "sunset": ["coucher de soleil", "au coucher du soleil", "crépuscule", "le soir", "au crépuscule"],
    "night": ["nuit", "la nuit", "de nuit"], "snow": ["neige", "sous la neige", "hiver", "en hiver", "il neige"],
    "sun": ["soleil", "avec le soleil", "ensoleillé", "le soleil"], "moon": ["lune", "la lune", "croissant de lune"],
    "stars": ["étoiles", "ciel étoilé", "sous les étoiles"], "clouds": ["nuages", "nuageux", "ciel nuageux", "des nuages"],
    "house": ["une maison", "une chaumière", "maison"], "boat": ["un bateau", "un voilier", "bateau"],
    "tree": ["un arbre", "arbre"], "cactus": ["un cactus", "cactus"], "castle": ["un château", "château"],
    "bird": ["un oiseau", "oiseau"],
}
CONSONANTS = "bcdfghjklmnpqrstvwxz"


def article(word):
    return ("an " if word[0] in "aeiou" else "a ") + word


def english_shapes(scene, rng):
    bare = rng.random() < .12                                        # no articles at all

    def phrase(thing):
        words = ([rng.choice(SIZE[thing["size"]])] if thing["size"] else []) + [thing["colour"], thing["shape"]]
        return " ".join(words) if bare else article(" ".join(words))
    text = phrase(scene["objs"][0])
    if scene["rel"]:
        text += f" {rng.choice(RELATION[scene['rel']])} {phrase(scene['objs'][1])}"
    ground, u = scene["bg"], rng.random()
    if u < .42:
        return f"{text}, {ground} background"
    if u < .82:
        return f"{text} on {ground if bare else article(ground)} background"
    return text + rng.choice([f" on {ground}", f" with {article(ground)} background", f", on {article(ground)} background",
                              f" {ground} background", f" against {article(ground)} background"])


def french_shapes(scene, rng):
    def phrase(thing):
        noun, feminine = FR_SHAPE[thing["shape"]]
        size = [FR_SIZE[thing["size"]][feminine]] if thing["size"] else []
        return " ".join([("un", "une")[feminine]] + size + [noun, FR_COLOUR[thing["colour"]][feminine]])
    text = phrase(scene["objs"][0])
    if scene["rel"]:
        text += f" {FR_RELATION[scene['rel']]}{phrase(scene['objs'][1])}"
    ground = FR_COLOUR[scene["bg"]][0]
    return text + rng.choice([f" sur fond {ground}", f", fond {ground}", f" sur un fond {ground}"])


def landscape(scene, rng):
    french = rng.random() < .38
    table = FR if french else EN
    items = [k for k in (scene["scene"], scene["time"], scene["sky"], scene["obj"]) if k]
    if scene["time"] == "day" and rng.random() < .6:                 # the hour that need not be said
        items.remove("day")
    word = {k: rng.choice(table[k]) for k in items}
    if rng.random() < .5:
        order = items[:]
        rng.shuffle(order)
        return (", " if rng.random() < .85 else " ").join(word[k] for k in order)
    text = word[scene["scene"]]
    if scene["obj"]:
        link = ["dans", "et", "devant", "sur", "près de"] if french else ["in", "and", "in front of", "by", "on", "near"]
        text = f"{word[scene['obj']]} {rng.choice(link)} {text}"
    if scene["time"] in items:
        text += rng.choice([" ", ", "]) + word[scene["time"]]
    if scene["sky"]:
        text += rng.choice([", ", " avec ", " et "] if french else [", ", " with ", " and "]) + word[scene["sky"]]
    return text


def write(scene, rng):
    if scene["kind"] == "landscape":
        return landscape(scene, rng)
    return (french_shapes if rng.random() < .18 else english_shapes)(scene, rng)


def noisy(scene, rng):
    """A caption as people may type it: prefixes, praise, and letters that mean nothing, so that byte tokens which
    never occur in the grammar learn to mean nothing instead of staying random vectors."""
    text, u = write(scene, rng), rng.random()
    if u < .08:
        return rng.choice(["a picture of ", "an image of ", "a drawing of ", "a photo of ", "a painting of ", "beautiful ",
                           "une image de ", "un dessin de ", "illustration, ", "picture of "]) + text
    if u < .13:
        return text + rng.choice([", ", " "]) + rng.choice(["beautiful", "high quality", "detailed", "pretty", "simple", "colourful", "."])
    if u < .17:
        junk = "".join(rng.choice("aeiou" + CONSONANTS) for _ in range(rng.randint(3, 8)))
        return text + ", " + junk if rng.random() < .6 else junk + " " + text
    return text


PREFIX_WORDS = ("a picture of an image photo drawing painting illustration une un image de photo dessin beautiful pretty "
                "colourful high quality detailed simple the with and in at by on . , ' -").split()

# What a caption says, by place and not by order of mention: the text encoder is taught to answer these.
PLACES = {"left of": ("left", "right"), "right of": ("right", "left"), "above": ("top", "bottom"), "below": ("bottom", "top")}
_colours, _kinds, _sizes = list(shapes.COLOURS), shapes.SHAPES, shapes.SIZES
ATTRIBUTES = [("bg", _colours)] + \
    [(place + part, values) for place in ("centre", "left", "right", "top", "bottom")
     for part, values in (("colour", _colours), ("shape", _kinds), ("size", _sizes))] + \
    [("scene", landscapes.SCENES), ("time", landscapes.TIMES), ("sky", landscapes.SKIES), ("obj", landscapes.OBJECTS)]


def attributes(scene):
    """Class numbers for ATTRIBUTES; 0 means that the scene has no such thing."""
    if scene["kind"] == "landscape":
        found = {k: scene[k] for k in ("scene", "time", "sky", "obj")}
    else:
        found = {"bg": scene["bg"]}
        for place, thing in zip(PLACES[scene["rel"]] if scene["rel"] else ("centre",), scene["objs"]):
            for part in ("colour", "shape", "size"):
                found[place + part] = thing[part]
    return [values.index(found[name]) + 1 if found.get(name) else 0 for name, values in ATTRIBUTES]
