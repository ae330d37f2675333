"""Pictures to start from, masks, sending a picture on, comparing."""

import json

import pytest
from atelier_page import set_size
from axe_selenium_python import Axe
from drops import drop, png
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys


@pytest.fixture(autouse=True)
def modes(service):
    """What the worker can start from; where that is words alone there is nothing to look at."""
    offered = service.client().request("GET", "/api/capabilities").json()["modes"]
    if not {"img2img", "inpaint"} <= set(offered):
        pytest.skip(f"the worker has only {offered}")


def settings(page) -> dict:
    return json.loads(page.script("return localStorage.getItem('atelier.settings')"))


def start_from(page, mode: str):
    page.click(f"label:has(input[name=segments-mode][value={mode}])")
    page.until(lambda: page.shown(".well"), "the place of the picture", 20)


def newest(page) -> dict:
    return page.script("return fetch('/api/jobs?limit=1').then((answer) => answer.json())")["jobs"][0]


def share_painted(page) -> float:
    """How much of the mask being painted is covered, 0…1."""
    return page.script("""
        const canvas = document.querySelector('.mask-paint');
        const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let sum = 0;
        for (let at = 3; at < data.length; at += 4) sum += data[at];
        return sum / (255 * canvas.width * canvas.height);""")


def open_editor(page):
    page.click("#field-mask")
    page.until(lambda: page.shown(".mask-stage"), "the editor", 20)
    page.until(lambda: page.script("return document.querySelector('.mask-frame').offsetWidth") > 50, "the picture in it")


def stroke(page, across=160, down=40):
    stage = page.one(".mask-stage")
    hand = ActionChains(page.driver, duration=10).move_to_element(stage).move_by_offset(-across // 2, -down // 2).click_and_hold()
    for _ in range(4):
        hand.move_by_offset(across // 4, down // 4)
    hand.release().perform()


def test_a_picture_is_uploaded_masked_kept_over_a_reload_and_compared_with_the_result(page, quick):
    page.open(**{**quick, "steps": 4})
    start_from(page, "inpaint")
    page.prompt.send_keys("a red circle", Keys.ENTER)
    page.until(lambda: page.text("#error-init_image"), "no picture yet")
    drop(page, b"not a picture at all", ".well")
    page.until(lambda: page.text(".well .error"), "what cannot be read is said")
    drop(page, png(width=96, height=64), ".well")
    page.until(lambda: page.shown(".well-picture"), "the picture is seen")
    assert settings(page)["source"]["width"] == 96
    page.prompt.send_keys(Keys.ENTER)
    page.until(lambda: page.text("#error-mask"), "no mask yet")
    open_editor(page)
    stroke(page)
    page.button("Use it").click()
    page.until(lambda: not page.shown(".mask-stage") and settings(page).get("mask"), "the mask is there")
    page.reload().ready()
    page.until(lambda: page.script("return document.querySelector('.well-picture')?.naturalWidth") == 96, "still seen")
    page.until(lambda: page.shown(".well-mask"), "and its mask")
    chosen = settings(page)
    page.prompt.send_keys(Keys.ENTER)
    page.until_status("Done")
    page.until_pictures(1)
    request = newest(page)["request"]
    assert (request["mode"], request["init_image"], request["mask"]) == ("inpaint", chosen["source"]["id"], chosen["mask"])
    page.click(".tile")
    page.button("Compare with its source").click()
    page.until(lambda: page.shown(".compare img"), "both")
    page.press(*[Keys.ARROW_RIGHT] * 10)
    assert page.script("return document.querySelector('.compare').style.getPropertyValue('--part')") == "60%"
    assert page.text(".lightbox-number") == "1 / 1", "the arrows moved the line alone"


def test_the_mask_is_painted_erased_inverted_and_every_deed_taken_back(page, quick):
    page.open(**quick)
    start_from(page, "inpaint")
    drop(page, png(width=128, height=128), ".well")
    page.until(lambda: page.shown(".well-picture"), "the picture is seen")
    open_editor(page)
    assert share_painted(page) == 0
    stroke(page)
    painted = share_painted(page)
    assert 0.01 < painted < 0.5
    page.press("i")
    assert share_painted(page) == pytest.approx(1 - painted, abs=0.01)
    page.press("e", " ")
    assert share_painted(page) == pytest.approx(1 - painted, abs=0.06), "the rubber is where there is little"
    page.press(Keys.DELETE)
    assert share_painted(page) == 0
    for _ in range(3):
        page.press(Keys.CONTROL + "z")
    assert share_painted(page) == pytest.approx(painted, abs=0.01)
    page.press(Keys.CONTROL + "y")
    assert share_painted(page) == pytest.approx(1 - painted, abs=0.01)
    page.press(Keys.ESCAPE)
    page.until(lambda: not page.shown(".mask-stage"), "closed")
    assert "mask" not in settings(page), "what was not taken is not kept"


def test_a_picture_is_sent_on_and_its_parameters_come_back_with_it(page, quick):
    page.open(**quick)
    page.finished("a yellow star")
    first = newest(page)["images"][0]
    page.click(".tile")
    page.button("Send to…").click()
    page.button("Start from this picture").click()
    page.until(lambda: page.shown(".well-picture"), "it is the source")
    page.script(
        "const box = document.getElementById('field-strength'); box.value = '0.4'; box.dispatchEvent(new Event('change'))")
    page.prompt.send_keys(Keys.ENTER)
    page.until(lambda: len(page.all(".tile")) == 2, "a second picture")
    page.until_status("Done")
    request = newest(page)["request"]
    assert (request["mode"], request["init_image"], request["strength"]) == ("img2img", first["id"], 0.4)
    page.click("label:has(input[name=segments-mode][value=txt2img])")
    page.until(lambda: not page.shown(".well"), "words alone again")
    page.click(".tile")
    page.button("Use these parameters").click()
    page.until(lambda: page.shown(".well-picture"), "back")
    assert settings(page)["source"]["id"] == first["id"] and settings(page)["strength"] == 0.4


@pytest.mark.parametrize("words, mode", [("Start from this picture", "img2img"), ("Inpaint this picture", "inpaint"),
                                         ("Upscale this picture", "upscale")])
def test_any_picture_is_sent_to_every_mode(page, quick, words, mode):
    page.open(**{**quick, "steps": 2})
    page.finished("a yellow star")
    first = newest(page)["images"][0]
    page.click(".tile")
    page.button("Send to…").click()
    page.button(words).click()
    page.until(lambda: page.shown(".well-picture"), "it is the source")
    assert (settings(page)["mode"], settings(page)["source"]["id"]) == (mode, first["id"])
    if mode == "inpaint":
        open_editor(page)
        stroke(page)
        page.button("Use it").click()
        page.until(lambda: not page.shown(".mask-stage") and settings(page).get("mask"), "the mask is there")
    page.click(".make button")
    page.until(lambda: newest(page)["images"] and newest(page)["images"][0]["id"] != first["id"], "made from it")
    made = newest(page)
    assert (made["request"]["mode"], made["request"]["init_image"]) == (mode, first["id"])
    assert made["images"][0]["width"] == first["width"] * (2 if mode == "upscale" else 1)


def test_on_a_phone_a_finger_paints_two_zoom_and_axe_finds_nothing(page, quick, browser):
    set_size(browser, "phone")
    page.open(**quick)
    start_from(page, "inpaint")
    drop(page, png(width=120, height=80), ".well")
    page.until(lambda: page.shown(".well-picture"), "the picture is seen")
    page.unfold()
    axe = Axe(browser)
    axe.inject()

    def check(state):
        violations = axe.run(options={"resultTypes": ["violations"]})["violations"]
        assert not violations, f"{state}: {axe.report(violations)}"
        assert not page.scrolls_sideways(), state

    check("source")
    open_editor(page)
    box = page.script("const b = document.querySelector('.mask-stage').getBoundingClientRect(); return [b.x, b.y, b.width, b.height]")
    across, down = box[0] + box[2] / 2, box[1] + box[3] / 2

    def touch(kind, *points):
        spots = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    touch("touchStart", (across - 40, down))
    touch("touchMove", (across + 40, down))
    touch("touchEnd")
    painted = share_painted(page)
    assert painted > 0
    width = "return document.querySelector('.mask-frame').offsetWidth"
    before = page.script(width)
    touch("touchStart", (across - 20, down))
    touch("touchStart", (across - 20, down), (across + 20, down))
    touch("touchMove", (across - 60, down), (across + 60, down))
    touch("touchEnd")
    assert page.script(width) > before * 1.5
    assert share_painted(page) == pytest.approx(painted, abs=0.005), "the first finger's dab is taken back"
    check("editor")
