"""From words to a picture that stays."""

from selenium.webdriver.common.keys import Keys


def test_a_newcomer_sees_examples_and_one_click_fills_one_more_makes(page, quick):
    page.open(**quick)
    examples = page.all(".example")
    assert len(examples) >= 3
    text = examples[0].text
    examples[0].click()
    page.until(lambda: page.prompt.get_attribute("value") == text, "the example is in the prompt")
    page.all(".example")[0].click()
    page.until_status("Done")
    page.until_pictures(1)


def test_a_prompt_shows_its_place_its_progress_and_its_picture_and_a_reload_keeps_it(page, crowd, quick):
    page.open(**{**quick, "steps": 30})
    page.make("a red circle on a blue background")
    page.until_status("before you")
    page.until(lambda: "before you" in page.text("#announcer"), "the place is announced")
    crowd.leave()
    page.until(lambda: " / 30" in page.text(".status-numbers"), "model evaluations are counted")
    bar = page.one(".progress")
    page.until(lambda: int(bar.get_attribute("aria-valuenow") or 0) > 0, "the bar moves")
    page.until_status("Done")
    page.until_pictures(1)
    address = page.one(".cell").get_attribute("href")

    page.reload().until_pictures(1)
    assert page.one(".cell").get_attribute("href") == address
    page.until_pictures(1, ".tile")
    assert page.prompt.get_attribute("value") == "a red circle on a blue background"


def test_a_click_is_answered_at_once(page, quick):
    page.open(**quick)
    page.write("a yellow star")
    # Before the browser does anything else: no answer of the server is needed, no time can pass.
    answered = page.script("""
        document.querySelector('.make .button').click();
        return Promise.resolve().then(() => {}).then(() => {
          const line = document.querySelector('.status');
          return !line.hidden && line.innerText.length > 0 && document.querySelectorAll('.cell').length === 1;
        });""")
    assert answered
    page.until_status("Done")


def test_the_box_has_the_asked_shape_from_the_start_and_never_jumps(page, crowd, quick):
    page.open(**{**quick, "shape": "3:2"})
    page.make("a boat on the sea at sunset")
    page.until_status("before you")
    box = page.script("const b = document.querySelector('.cell').getBoundingClientRect(); return [b.top, b.width, b.height]")
    history = page.one(".status").rect["y"]
    crowd.leave()
    page.until_status("Done")
    page.until_pictures(1)
    after = page.script("const b = document.querySelector('.cell').getBoundingClientRect(); return [b.top, b.width, b.height]")
    assert after == box
    assert 1.3 < box[1] / box[2] < 1.7
    assert page.one(".status").rect["y"] == history


def test_several_jobs_are_listed_and_each_can_be_taken_back(page, crowd, quick):
    page.open(**quick)
    for prompt in ("a pink ring", "a green square", "an orange cross"):
        page.make(prompt)
        page.until(lambda: any(prompt in row.text for row in page.all(".job")) or prompt == "a pink ring", prompt)
    page.until(lambda: len(page.all(".job")) == 3, "three rows")
    page.all(".job button[aria-label=Cancel]")[1].click()
    page.until(lambda: len(page.all(".job")) == 2, "two rows")
    assert not any("green square" in row.text for row in page.all(".job"))
    crowd.leave()
    page.until_pictures(2, ".tile")


def test_a_waiting_job_and_a_running_job_can_be_cancelled(page, crowd, quick):
    page.open(**{**quick, "steps": 150})
    page.make("a white diamond")
    page.until_status("before you")
    page.button("Cancel").click()
    page.until_status("Cancelled")
    crowd.leave()
    page.make("a black triangle")
    page.until(lambda: " / 150" in page.text(".status-numbers"), "it runs")
    page.button("Cancel").click()
    page.until_status("Cancelled")
    page.reload().ready()
    assert page.all(".tile") == []


def test_four_pictures_hang_together_and_each_has_a_seed_of_its_own(page, quick):
    page.open(**{**quick, "batch_count": 4, "seed": 70})
    page.finished("a small castle in the desert", count=4)
    page.until_pictures(4, ".tile")
    page.all(".cell")[3].click()
    page.until(lambda: "73" in page.text(".facts"), "the fourth seed is 73")


def test_a_mistake_is_shown_beside_its_field(page, quick):
    page.open(**quick)
    page.prompt.send_keys(Keys.ENTER)
    page.until(lambda: page.text("#error-prompt"), "an empty prompt is refused")
    assert page.prompt.get_attribute("aria-invalid") == "true"
    assert page.prompt.get_attribute("aria-describedby") == "error-prompt"
    page.script(
        "const box = document.getElementById('field-prompt'); box.value = 'a '.repeat(2500);"
        "box.dispatchEvent(new Event('input'))")
    page.until(lambda: page.text("#error-prompt") == "", "typing takes the message away")
    page.prompt.send_keys(Keys.ENTER)
    page.until(lambda: "4000" in page.text("#error-prompt"), "a prompt that is too long is refused")


def test_the_form_is_remembered(page, quick):
    page.open(**quick)
    page.write("a purple hexagon")
    page.one("input[name=segments-batch_count][value='2']").click()
    page.one("input[name=segments-shape][value='2:3']").click()
    page.reload().ready()
    assert page.prompt.get_attribute("value") == "a purple hexagon"
    assert page.one("input[name=segments-batch_count][value='2']").is_selected()
    assert page.one("input[name=segments-shape][value='2:3']").is_selected()


def test_markup_in_a_prompt_stays_text(page, quick):
    hostile = '<img src=x onerror="window.hacked=1"><b>bold</b>'
    page.open(**quick)
    page.finished(hostile)
    assert hostile in page.text(".status")
    page.click(".tile")
    page.until(lambda: hostile in page.text(".prompt-text"), "the parameters show it as it was typed")
    assert page.script("return window.hacked === undefined && document.querySelectorAll('[onerror], .details b img').length === 0")
