"""Saved requests, files of prompts and variations."""

import json

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select


def jobs(page):
    return page.script("return fetch('/api/jobs?limit=9').then((answer) => answer.json())")["jobs"]


def picture(page, image):
    return page.script("""
        return fetch(arguments[0].url).then((answer) => answer.arrayBuffer())
          .then((bytes) => crypto.subtle.digest('SHA-256', bytes)).then((hash) => Array.from(new Uint8Array(hash)))""", image)


def choose(page, label, path):
    """Gives a file to the button of this name."""
    button = page.button(label)
    button.find_element(By.XPATH, "..").find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(path))


def saved(page, act):
    """What the page offers as a file when `act` is done."""
    page.script("""
        window.savedFile = new Promise((resolve) => {
          const real = URL.createObjectURL;
          URL.createObjectURL = (blob) => {
            URL.createObjectURL = real;
            blob.text().then(resolve);
            return real(blob);
          };
        });""")
    act()
    return json.loads(page.script("return window.savedFile"))


def entry(page, words):
    page.click(".lightbox [aria-haspopup=menu]")
    page.until(lambda: page.shown(".lightbox .menu"), "the menu")
    page.script("[...document.querySelectorAll('.lightbox .menu-item')].find((item) => item.innerText.includes(arguments[0])).click()", words)


def test_a_picture_s_saved_settings_make_its_bytes_again(page, quick, tmp_path):
    page.open(**{**quick, "steps": 3, "batch_count": 2, "prompt": "a red circle", "variation_strength": 0.3})
    page.make("a red circle")
    page.until_pictures(2)
    job = jobs(page)[0]
    page.script("location.hash = arguments[0]", f"#/image/{job['images'][1]['id']}")
    page.until(lambda: page.shown(".lightbox .details .fact"), "the picture large", 20)
    request = saved(page, lambda: entry(page, "settings as a file"))
    assert request["seed"] == job["images"][1]["seed"] and request["batch_count"] == 1
    page.script("document.querySelector('.lightbox [aria-label=Close]').click()")
    (tmp_path / "saved.json").write_text(json.dumps(request))
    page.unfold()
    choose(page, "Run…", tmp_path / "saved.json")
    page.until(lambda: (made := jobs(page)[0])["id"] != job["id"] and made["state"] == "finished", "made again")
    assert picture(page, jobs(page)[0]["images"][0]) == picture(page, job["images"][1])


def test_every_request_of_a_tool_s_report_is_made_and_counted(page, quick, tmp_path):
    page.open(**quick)
    page.unfold()
    common = {"model": "atelier-demo", "steps": 2, "width": 64, "height": 64, "sampler": "Euler", "schedule": "automatic",
              "guidance_scale": 1}
    requests = [{**common, "prompt": f"a red circle {seed}", "seed": seed} for seed in (3, 8, 5)]
    # One that starts from a picture the file does not hold.
    lost = {**requests[0], "mode": "img2img", "init_image_file": {"sha256": "0" * 64, "width": 64, "height": 64}}
    report = {"files": [], "seeds": [3, 8, 5], "backend": "cpu", "requests": requests}
    (tmp_path / "report.json").write_text(json.dumps(report))
    choose(page, "Run…", tmp_path / "report.json")
    page.until(lambda: "All 3 requests" in page.text("#toasts"), "how many")
    page.until(lambda: [job["state"] for job in jobs(page)] == ["finished"] * 3, "all made")
    assert [(job["request"]["prompt"], job["request"]["seed"]) for job in jobs(page)] == [
        (request["prompt"], request["seed"]) for request in reversed(requests)]
    (tmp_path / "report.json").write_text(json.dumps({**report, "requests": [requests[0], lost]}))
    choose(page, "Run…", tmp_path / "report.json")
    page.until(lambda: "1 of the file's 2" in page.text("#toasts"), "what was left out")
    assert len(jobs(page)) == 4


def test_each_line_of_a_file_of_prompts_becomes_a_picture(page, quick, tmp_path):
    page.open(**{**quick, "steps": 2, "seed": 4, "prompt": "a blue square"})
    page.unfold()
    (tmp_path / "prompts.txt").write_text('a red circle, large\n--prompt "a green hexagon" --steps 3 --seed 9\n')
    choose(page, "Prompts…", tmp_path / "prompts.txt")
    page.until(lambda: page.text(".plot .muted") == "2 / 2", "both")
    assert [head.text for head in page.all(".plot-table th")] == ["a red circle, large", "a green hexagon"]
    assert sorted((job["request"]["prompt"], job["request"]["steps"], job["request"]["seed"]) for job in jobs(page)) == [
        ("a green hexagon", 3, 9), ("a red circle, large", 2, 4)]
    (tmp_path / "prompts.txt").write_text("a\n--stepz 3\n")
    choose(page, "Prompts…", tmp_path / "prompts.txt")
    page.until(lambda: "ine 2" in page.text("#toasts"), "which line is wrong")


def test_variations_keep_the_seed_and_differ_a_little(page, quick):
    page.open(**{**quick, "steps": 2})
    page.make("a red circle")
    page.until_pictures(1)
    first = jobs(page)[0]
    page.script("location.hash = arguments[0]", f"#/image/{first['images'][0]['id']}")
    page.until(lambda: page.shown(".lightbox .details .fact"), "the picture large", 20)
    entry(page, "variations")
    page.until(lambda: (job := jobs(page)[0])["id"] != first["id"] and job["state"] == "finished", "made")
    request = jobs(page)[0]["request"]
    assert request["seed"] == first["request"]["seed"] and request["variation_strength"] == 0.2
    assert request["batch_count"] == 4 and len({str(picture(page, image)) for image in jobs(page)[0]["images"]}) == 4


def test_a_loopback_goes_on_from_picture_to_picture(page, quick):
    page.open(**{**quick, "steps": 2, "batch_count": 2})
    page.make("a red circle")
    page.until_pictures(2)
    first = jobs(page)[0]
    page.script("location.hash = arguments[0]", f"#/image/{first['images'][0]['id']}")
    page.until(lambda: page.shown(".lightbox .details .fact"), "the picture large", 20)
    entry(page, "Start from this picture")
    page.until(lambda: page.shown("#field-loopback"), "its settings", 20)
    assert not page.shown("#field-loopback_strength"), "says nothing without a curve"
    Select(page.one("#field-loopback")).select_by_value("lazy")
    page.until(lambda: page.shown("#field-loopback_strength"), "the last strength")
    page.click(".make button")
    page.until(lambda: (job := jobs(page)[0])["id"] != first["id"] and job["state"] == "finished", "made")
    job = jobs(page)[0]
    assert job["request"]["loopback"] == "lazy" and len(job["images"]) == 2
    second = json.loads(page.picture_text("atelier", job["images"][1]["url"]))
    assert second["strength"] == 0.5 and second["init_image_file"]["sha256"] == bytes(picture(page, job["images"][0])).hex()
