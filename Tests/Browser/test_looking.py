"""Pictures opened large, kept, deleted, made again."""

import pytest
from selenium.webdriver.common.keys import Keys


@pytest.fixture
def two(page, quick):
    page.open(**{**quick, "batch_count": 2, "seed": 5})
    page.finished("a blue square on a yellow background", count=2)
    page.until_pictures(2, ".tile")
    return page


def number(page):
    return page.text(".lightbox-number")


def test_a_picture_opens_large_and_turns_to_its_neighbours(two):
    two.click(".tile")
    two.until(lambda: number(two) == "1 / 2", "1 / 2")
    two.until_pictures(1, ".lightbox-picture")
    two.button("Next picture").click()
    two.until(lambda: number(two) == "2 / 2", "2 / 2")
    two.button("Previous picture").click()
    two.until(lambda: number(two) == "1 / 2", "1 / 2 again")
    two.press(Keys.ARROW_RIGHT)
    two.until(lambda: number(two) == "2 / 2", "the arrow turns")
    two.press(Keys.ESCAPE)
    two.until(lambda: not two.shown(".lightbox"), "Escape closes")
    assert two.script("return document.activeElement.dataset.image") is not None


def test_it_has_an_address_that_survives_reload_and_back_closes_it(two):
    two.click(".tile")
    two.until(lambda: number(two) == "1 / 2", "open")
    address = two.driver.current_url
    assert "#/image/" in address
    two.reload()
    two.until(lambda: number(two) == "1 / 2", "open after a reload")
    two.driver.get(address.split("#")[0])
    two.ready()
    two.click(".tile")
    two.until(lambda: number(two) == "1 / 2", "open again")
    two.driver.back()
    two.until(lambda: not two.shown(".lightbox"), "back closes")


def test_parameters_are_shown_and_copied_one_by_one_and_together(two):
    two.driver.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": two.url})
    two.click(".tile")
    two.until(lambda: "Seed" in two.text(".facts"), "facts")
    two.all(".fact")[0].click()
    two.until(lambda: two.all(".fact")[0].get_attribute("data-copied"), "says it was copied")
    assert two.script("return navigator.clipboard.readText()") == "5"
    two.button("Copy parameters").click()
    two.until(lambda: two.script("return navigator.clipboard.readText()").startswith("a blue square"), "all copied")
    copied = two.script("return navigator.clipboard.readText()")
    assert copied.startswith("a blue square on a yellow background\nSteps: 6, Sampler: ")
    assert ", Seed: 5, Size: " in copied
    assert copied == two.picture_text("parameters", two.one(".lightbox-picture img").get_attribute("src"))


def test_its_parameters_can_be_used_again_with_its_own_seed(two):
    two.all(".tile")[1].click()
    two.until(lambda: number(two) == "2 / 2", "open")
    two.button("Use these parameters").click()
    two.until(lambda: not two.shown(".lightbox"), "closed")
    assert two.one("#field-seed").get_attribute("value") == "6"
    assert two.one("input[name=segments-batch_count][value='1']").is_selected()


def test_a_favourite_is_kept_and_can_be_looked_for(two):
    two.click(".tile")
    two.button("Favourite").click()
    two.until(lambda: two.button("Favourite").get_attribute("aria-pressed") == "true", "pressed")
    two.press(Keys.ESCAPE)
    two.reload()
    two.until_pictures(2, ".tile")
    two.until(lambda: len(two.all(".tile .icon")) == 1, "one heart after a reload")
    two.button("Favourites").click()
    two.until(lambda: len(two.all(".tile")) == 1, "only the favourite")


def test_deleting_can_be_undone_and_otherwise_is_for_good(two):
    two.click(".tile")
    two.button("Delete").click()
    two.until(lambda: number(two) == "1 / 1", "its neighbour is shown")
    two.button("Undo").click()
    two.until(lambda: number(two).endswith("/ 2"), "back again")
    two.button("Delete").click()
    two.until(lambda: number(two) == "1 / 1", "gone")
    # Leaving settles it at once.
    two.driver.get("about:blank")
    two.driver.get(two.url)
    two.until_pictures(1, ".tile")


def test_it_can_be_downloaded(two):
    two.click(".tile")
    link = two.button("Download")
    assert link.get_attribute("download").endswith(".png")
    kind = two.script("return fetch(arguments[0]).then((answer) => answer.headers.get('Content-Type'))", link.get_attribute("href"))
    assert kind == "image/png"
