"""A picture that the model's safety checker made black, as its owner sees it."""

import pytest
from atelier_page import Page
from guarded_model import make_guarded_model
from service import Service

WORDS = {"en": "safety checker made this picture black", "fr": "filtre de sécurité du modèle a noirci cette image"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    make_guarded_model(folder / "guarded")
    running = Service(access="open", worker_args=["--models", folder])
    try:
        yield running.start_server().start_worker()
    finally:
        running.stop()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_black_picture_says_why_on_the_stage_and_large(guarded, browser, quick, language):
    page = Page(browser, guarded.base)
    page.open(**{**quick, "model": "guarded", "steps": 2})
    page.script(f"document.querySelector('.languages button[lang={language}]').click()")
    page.make("a red circle")
    page.until_status("Done", "Terminé")
    page.until_pictures(1)
    page.until(lambda: WORDS[language] in page.one("#stage .cell img").get_attribute("alt"), "the reason, read aloud", 20)
    # And over the picture, as generated text: the words are the attribute's, the style shows them.
    assert WORDS[language] in page.one("#stage .cell").get_attribute("data-flagged")
    shown = page.script("""
        const style = getComputedStyle(document.querySelector('#stage .cell'), '::after');
        return style.content !== 'none' && style.display !== 'none' && style.opacity !== '0'""")
    assert shown and page.shown("#stage .cell")
    page.until_pictures(1, ".tile")
    page.click(".tile")
    page.until(lambda: WORDS[language] in page.text(".lightbox"), "the reason, beside the large picture", 20)
    # From the model without a checker nothing is said.
    page.script("document.querySelector('.lightbox').close?.(); location.hash = ''")
    page.open(**{**quick, "model": "atelier-demo", "steps": 2})
    page.make("a red circle")
    page.until_status("Done", "Terminé")
    page.until_pictures(1)
    assert not page.all("#stage .cell[data-flagged]")
