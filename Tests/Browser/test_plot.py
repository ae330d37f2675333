"""Tables of pictures over settings."""

from axe_selenium_python import Axe
from selenium.webdriver.support.ui import Select


def lay(page, axis: str, name: str, values: str):
    Select(page.one(f"#axis-{axis}")).select_by_value(name)
    page.one(f".axis:has(#axis-{axis}) input").send_keys(values)


def test_values_are_written_as_in_the_web_ui(page):
    page.open()
    read = page.script(r'''
        return import('/js/components/plot/values.js').then(({numbers, pieces}) => [
          numbers('1-5', true), numbers('1-9 (+2)', true), numbers('1-10 [4]', true), numbers('0-1 [5]', false),
          numbers('0.5-1 (+0.25), 3', false), numbers('-2, 7', true), pieces('a, "b, c" , "d ""e""",f'), pieces('a, "", , b')]);''')
    assert read == [[1, 2, 3, 4, 5], [1, 3, 5, 7, 9], [1, 4, 7, 10], [0, 0.25, 0.5, 0.75, 1], [0.5, 0.75, 1, 3], [-2, 7],
                    ["a", "b, c", 'd "e"', "f"], ["a", "", "b"]]


def test_a_table_is_made_survives_a_reload_and_its_cells_are_single_requests(page, quick, browser):
    page.open(**{**quick, "steps": 4, "seed": 5, "prompt": "a red circle"})
    page.unfold()
    page.button("Table of pictures…").click()
    page.until(lambda: page.shown("#axis-x"), "the dialog", 20)
    lay(page, "x", "guidance_scale", "1-7 [2]")
    lay(page, "y", "Prompt S/R", "green, blue")
    page.until(lambda: "not in the prompt" in page.text(".axis:has(#axis-y)"), "what is not there cannot be replaced")
    page.one(".axis:has(#axis-y) input").clear()
    page.one(".axis:has(#axis-y) input").send_keys("red, blue")
    page.until(lambda: "= 4 pictures" in page.text("dialog.panel"), "how many")
    page.button("Make them").click()
    page.until(lambda: page.shown(".plot-table"), "the table", 20)
    grids = page.script("return fetch('/api/grids').then((answer) => answer.json())")["grids"]
    assert len(grids) == 1 and grids[0]["total"] == 4, "one request, one group"
    assert len(page.all(".jobs .job")) <= 1, "its jobs are not listed a second time"
    page.reload().ready()
    page.until(lambda: page.text(".plot .muted") == "4 / 4", "all of it")
    heads = [head.text for head in page.all(".plot-table th")]
    assert heads == ["Guidance: 1", "Guidance: 7", "red", "blue"]
    jobs = page.script("return fetch('/api/jobs?limit=9').then((answer) => answer.json())")["jobs"]
    made = {(job["request"]["guidance_scale"], job["request"]["prompt"], job["request"]["seed"]) for job in jobs}
    assert made == {(scale, f"a {colour} circle", 5) for scale in (1, 7) for colour in ("red", "blue")} and len(jobs) == 4
    last = next(job for job in jobs if job["request"]["guidance_scale"] == 7 and "blue" in job["request"]["prompt"])
    page.all(".plot-table tbody a")[3].click()
    page.until(lambda: page.driver.current_url.endswith(last["images"][0]["id"]), "a cell opens its picture")
    page.script("document.querySelector('.lightbox [aria-label=Close]').click()")
    size = page.script("""
        return new Promise((resolve) => {
          const real = URL.createObjectURL;
          URL.createObjectURL = (blob) => {
            createImageBitmap(blob).then(({width, height}) => resolve([width, height]));
            URL.createObjectURL = real;
            return real(blob);
          };
          document.querySelector('[aria-label="Save the table as a picture"]').click();
        });""")
    assert size[0] > 2 * 128 and size[1] > 2 * 128
    axe = Axe(browser)
    axe.inject()
    violations = axe.run(options={"resultTypes": ["violations"]})["violations"]
    assert not violations, axe.report(violations)
    page.button("Put the table away").click()
    page.until(lambda: not page.shown(".plot"), "put away")


def test_progress_of_a_table_never_runs_backwards_and_stopping_ends_the_rest(page, quick):
    page.open(**{**quick, "steps": 60, "prompt": "a red circle"})
    page.unfold()
    page.button("Table of pictures…").click()
    page.until(lambda: page.shown("#axis-x"), "the dialog", 20)
    lay(page, "x", "seed", "1-6")
    page.button("Make them").click()
    page.until(lambda: page.shown(".plot-table"), "the table", 20)
    seen = []

    def far(least):
        seen.append(int(page.one(".plot .progress").get_attribute("aria-valuenow")))
        return seen[-1] >= least

    page.until(lambda: far(40), "cells arrive as they are made")
    assert seen == sorted(seen)
    assert page.all(".plot-table img"), "finished cells are seen while others wait"
    page.button("Stop").click()
    page.until(lambda: not page.shown(".plot .progress"), "nothing waits any more")
    grid = page.script("return fetch('/api/grids').then((answer) => answer.json())")["grids"][0]
    assert grid["open"] == 0 and 0 < grid["done"] < 6
    # Put away, and found again.
    page.button("Put the table away").click()
    page.until(lambda: not page.shown(".plot"), "put away")
    page.button("Table of pictures…").click()
    page.until(lambda: page.shown("#axis-x"), "the dialog", 20)
    page.one("dialog.panel .fold summary").click()
    page.until(lambda: "Seed · 6 pictures" in page.text("dialog.panel .fold"), "earlier tables")
    page.script("document.querySelector('dialog.panel .fold button').click()")
    page.until(lambda: page.text(".plot .muted") == f"{grid['done']} / 6", "the table again")


def test_every_axis_the_page_offers_is_one_of_the_server_s(page, quick):
    page.open(**quick)
    unknown = page.script("""
        return Promise.all([import('/js/components/plot/axes.js'), fetch('/api/capabilities').then((answer) => answer.json())])
          .then(async ([{axes}]) => {
            const wrong = [];
            for (const axis of axes()) {
              const answer = await fetch('/api/grids', {method: 'POST', headers: {'Content-Type': 'application/json'},
                body: JSON.stringify({prompt: 'a', x: {axis, values: ''}})});
              const {error} = await answer.json();
              if (error.code !== 'bad_axis_values') wrong.push([axis, error.code]);
            }
            return wrong;
          });""")
    assert unknown == []
