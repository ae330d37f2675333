"""Every setting of the server's list on the page, and parameters out of pictures."""

import json
import re

import pytest
from axe_selenium_python import Axe
from drops import compressed, drag, drop, international, plain, png
from selenium.webdriver.support.ui import Select

# What the form shows by other means than a control under "More".
ELSEWHERE = {"prompt", "negative_prompt", "mode", "model", "sampler", "schedule", "steps", "guidance_scale", "width", "height",
             "batch_count", "seed", "styles", "init_image", "mask"}

# What says nothing where a picture is made from words.
OTHER_MODES = re.compile("strength$|loopback|resize_mode|mask_|inpaint_|outpaint_|upscale")

# As AUTOMATIC1111 wrote it in 2023: the schedule in the sampler's name, no word about the noise's source.
FOREIGN = (
    "a (castle:1.2), <lora:nowhere:0.8>\nby the sea\nNegative prompt: blurry,\nugly\n"
    "Steps: 33, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 965400086, Size: 512x768, Model hash: 6ce0161689, "
    'Model: "v1-5, pruned", Clip skip: 2, ENSD: 31337, Face restoration: CodeFormer, Version: v1.3.0')


def settings(page) -> dict:
    return json.loads(page.script("return localStorage.getItem('atelier.settings')"))


def open_more(page):
    """Unfolds what is folded, and what was folded inside it."""
    page.unfold()
    page.until(lambda: page.shown("#field-width"), "the exact size", 20)
    page.unfold()
    page.until(lambda: page.shown("#field-eta"), "the settings of sampling", 20)


def fill(page, name: str, value):
    page.script(
        "const box = document.getElementById('field-' + arguments[0]); box.value = arguments[1];"
        "box.dispatchEvent(new Event('change'));", name, str(value))


def test_every_setting_has_a_control_with_a_name_and_a_line_of_help(page, quick, browser):
    page.open(**quick)
    open_more(page)
    offered = page.script("return fetch('/api/capabilities').then((answer) => answer.json())")
    names = [entry["name"] for entry in offered["parameters"]
             if entry["name"] not in ELSEWHERE and not OTHER_MODES.match(entry["name"])]
    if not offered.get("vaes"):
        names = [name for name in names if name != "vae"]  # nothing to choose from
    for language in ("en", "fr"):
        page.script(f"document.querySelector('.languages button[lang={language}]').click()")
        page.until(lambda: page.script("return document.documentElement.lang") == language, language)
        open_more(page)
        found = page.script("""
            return Object.fromEntries(arguments[0].map((name) => {
              const control = document.getElementById('field-' + name);
              const label = document.querySelector(`label[for="field-${name}"]`)?.textContent.trim() ?? '';
              return [name, control && [label, document.getElementById(control.dataset.help ?? '')?.textContent ?? '']];
            }));""", names)
        assert [name for name in names if found[name] is None] == []
        assert [name for name, (label, _) in found.items() if label in ("", name)] == []
        assert [name for name, (_, help_line) in found.items() if not help_line] == []
    axe = Axe(browser)
    axe.inject()
    violations = axe.run(options={"resultTypes": ["violations"]})["violations"]
    assert not violations, axe.report(violations)


def test_what_was_set_is_sent_shown_and_taken_over_again(page, quick):
    page.open(**{**quick, "seed": 40, "batch_count": 2})
    open_more(page)
    Select(page.one("#field-sampler")).select_by_value("DDIM")
    offered = page.script("return [...document.getElementById('field-schedule').options].map((option) => option.value)")
    assert "trailing" in offered and "karras" not in offered, "only the schedules that go with the sampler"
    Select(page.one("#field-schedule")).select_by_value("trailing")
    Select(page.one("#field-noise_source")).select_by_value("nv")
    assert not page.shown("#field-variation_seed"), "a seed for no variation"
    fill(page, "variation_strength", 0.4)
    fill(page, "variation_seed", 9)
    fill(page, "clip_skip", 2)
    fill(page, "eta", 0.5)
    page.finished("a blue square on a yellow background", count=2)
    page.all(".tile")[1].click()
    page.until(lambda: "Variation seed\n10" in page.text(".facts"), "the second picture's own variation seed")
    page.script("document.querySelector('.lightbox [aria-label=Close]').click()")
    page.button("Back to the model's settings").click()
    page.until(lambda: "eta" not in settings(page), "all gone")
    page.all(".tile")[1].click()
    page.button("Use these parameters").click()
    page.until(lambda: not page.shown(".lightbox"), "closed")
    taken = settings(page)
    expected = {"sampler": "DDIM", "schedule": "trailing", "noise_source": "nv", "variation_strength": 0.4,
                "variation_seed": 10, "seed": 40, "clip_skip": 2, "eta": 0.5, "batch_count": 1, "steps": 6}
    assert {name: taken.get(name) for name in expected} == expected


@pytest.mark.parametrize("write", [plain, compressed, international])
def test_a_dropped_picture_fills_the_form_and_says_what_could_not_be_used(page, quick, write):
    page.open(**{**quick, "eta": 0.3})
    drop(page, png(write(FOREIGN)))
    page.until(lambda: "v1-5, pruned" in page.text(".notice"), "what is not here")
    assert all(word in page.text(".notice") for word in ("Face restoration", "nowhere", "graphics card"))
    assert page.prompt.get_attribute("value") == "a (castle:1.2), <lora:nowhere:0.8>\nby the sea"
    taken = settings(page)
    expected = {"negative_prompt": "blurry,\nugly", "steps": 33, "sampler": "DPM++ 2M", "schedule": "karras",
                "guidance_scale": 6.5, "seed": 965400086, "width": 512, "height": 768, "clip_skip": 2, "seed_delta": 31337,
                "noise_source": "nv", "eta": None}
    assert {name: taken.get(name) for name in expected} == expected
    page.button("Close").click()
    assert page.text("#notice") == ""


def test_a_picture_of_its_own_comes_back_whole_and_one_without_words_says_so(page, quick):
    page.open(**{**quick, "seed": 7, "eta": 0.25, "sampler": "Euler a", "noise_source": "nv"})
    page.finished("a pink star, (large:1.2) and a dot")
    data = bytes(page.script(
        "return fetch(arguments[0]).then((answer) => answer.arrayBuffer()).then((bytes) => [...new Uint8Array(bytes)])",
        page.one(".cell img").get_attribute("src")))
    before = settings(page)
    page.script("localStorage.removeItem('atelier.settings')")
    page.reload().ready()
    drag(page)
    page.until(lambda: page.shown("[data-drop=read]"), "where it can be let go to be read", 20)
    drop(page, png(), "[data-drop=read]")
    page.until(lambda: "does not say" in page.text("#toasts"), "no words", 20)
    drop(page, data)
    page.until(lambda: "has the picture's parameters" in page.text("#toasts"), "all of them")
    after = settings(page)
    assert {name: after.get(name) for name in before if name != "shape"} == {
        name: value for name, value in before.items() if name != "shape"}
