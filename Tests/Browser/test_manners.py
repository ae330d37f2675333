"""Keyboard, language, theme, phone, screen reader, weight."""

import pytest
from axe_selenium_python import Axe
from atelier_page import set_size, set_theme
from selenium.webdriver.common.keys import Keys


def test_slash_focuses_shift_enter_breaks_enter_makes(page, quick):
    page.open(**quick)
    page.script("document.activeElement.blur()")
    page.driver.switch_to.active_element.send_keys("/")
    page.until(lambda: page.script("return document.activeElement.id") == "field-prompt", "the prompt has the caret")
    page.prompt.send_keys("a green tree", Keys.SHIFT + Keys.ENTER)
    page.prompt.send_keys("by the sea")
    assert page.prompt.get_attribute("value") == "a green tree\nby the sea"
    page.prompt.send_keys(Keys.ENTER)
    page.until_status("Done")
    assert page.prompt.get_attribute("value") == "a green tree\nby the sea"


def test_the_language_is_switched_whole_and_remembered(page, quick):
    page.open(**quick)
    assert page.script("return document.documentElement.lang") == "en"
    page.button("Français").click()
    page.until(lambda: page.script("return document.documentElement.lang") == "fr", "html lang")
    page.until(lambda: "Générer" in page.text(".make"), "the button")
    page.until(lambda: "Que voulez-vous voir" in page.text(".empty"), "the stage")
    page.until(lambda: "Étapes" in page.text(".knobs"), "the settings")
    page.finished("un cercle rouge sur fond bleu")
    page.click(".tile")
    page.until(lambda: "Graine" in page.text(".facts"), "the parameters")
    page.press(Keys.ESCAPE)
    page.reload().ready()
    assert "Générer" in page.text(".make")


def test_both_languages_have_every_text(page):
    page.open()
    missing = page.script("""
        return Promise.all([import('/js/locales/en.js'), import('/js/locales/fr.js')]).then(([{en}, {fr}]) =>
          [...Object.keys(en).filter((key) => !(key in fr) || (typeof en[key] !== typeof fr[key])),
           ...Object.keys(fr).filter((key) => !(key in en))].filter((key) => !key.startsWith('error.')));""")
    assert missing == []


def test_the_theme_is_switched_and_remembered(page):
    page.open()
    color = "return getComputedStyle(document.documentElement).backgroundColor"
    light = page.script(color)
    page.button("Dark or light").click()
    page.until(lambda: page.script(color) != light, "another colour")
    dark = page.script(color)
    page.reload().ready()
    assert page.script(color) == dark


def test_without_javascript_it_says_so(page, browser):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(page.url)
    assert "JavaScript" in page.one(".noscript").text


def test_the_page_is_light_and_nothing_comes_from_elsewhere(page):
    page.open()
    entries = page.script("""
        return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
          .map((entry) => [entry.name, entry.encodedBodySize]);""")
    own = [(name, size) for name, size in entries if "/api/" not in name]
    assert all(name.startswith(page.url) for name, _ in entries)
    assert sum(size for _, size in own) < 100_000, sorted(own, key=lambda entry: -entry[1])


def test_nothing_is_complained_about_in_the_console(page, quick):
    page.driver.get_log("browser")
    page.open(**quick).finished()
    page.click(".tile")
    page.until_pictures(1, ".lightbox-picture")
    bad = [entry["message"] for entry in page.driver.get_log("browser") if entry["level"] == "SEVERE"]
    assert bad == []


@pytest.mark.parametrize("size", ["phone", "middle"])
def test_nothing_sticks_out_sideways(page, quick, browser, size):
    set_size(browser, size)
    page.open(**quick)
    assert not page.scrolls_sideways()
    page.unfold()
    assert not page.scrolls_sideways()
    page.finished("a word" + " withoutanyspaceatall" * 3 + "x" * 120)
    assert not page.scrolls_sideways()
    page.click(".tile")
    page.until_pictures(1, ".lightbox-picture")
    assert not page.scrolls_sideways()


def test_on_a_phone_the_place_in_the_queue_is_seen_and_targets_fit_a_thumb(page, crowd, quick, browser):
    set_size(browser, "phone")
    page.open(**quick)
    page.write("a boat on the sea")
    page.button("Generate").click()
    page.until_status("before you")
    bottom = "return document.querySelector('.status-text').getBoundingClientRect().bottom"
    button = "return document.querySelector('.make').getBoundingClientRect().top"
    page.until(lambda: 0 < page.script(bottom) <= page.script(button), "the place is in sight")
    crowd.leave()
    page.until_status("Done")
    small = page.script("""
        return [...document.querySelectorAll('button, summary, select, input:not([type=radio]), .segment, a.button')]
          .filter((node) => node.checkVisibility({checkVisibilityCSS: true}))
          .map((node) => [node.className || node.tagName, node.getBoundingClientRect().height])
          .filter(([, height]) => height < 43.5);""")
    assert small == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "phone"])
def test_axe_finds_nothing(page, crowd, quick, browser, theme, size):
    """Every state in turn, so that the slow ones are waited for once."""
    set_theme(browser, theme)
    set_size(browser, size)
    axe = Axe(browser)
    page.open(**{**quick, "steps": 14})
    axe.inject()

    def check(state):
        found = axe.run(options={"resultTypes": ["violations"]})["violations"]
        assert not found, f"{state}: {axe.report(found)}"

    check("empty")
    page.write("")
    page.prompt.send_keys(Keys.ENTER)
    page.until(lambda: page.text("#error-prompt"), "a field error")
    check("field error")
    page.unfold()
    check("unfolded")
    page.make("a red circle on a blue background")
    page.until_status("before you")
    page.write("a green star")
    page.script("document.querySelector('.make .button').click()")
    page.until(lambda: len(page.all(".job")) == 2, "two jobs")
    check("queued")
    crowd.leave()
    page.until(lambda: " / 14" in page.text(".status-numbers"), "it runs")
    check("running")
    page.until_pictures(2, ".tile")
    page.until_status("Done")
    check("done")
    page.script("document.querySelector('.tile').click()")
    page.until(lambda: "Seed" in page.text(".facts"), "large")
    check("lightbox")
