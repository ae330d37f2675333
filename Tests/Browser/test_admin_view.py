"""The admin view: machines, queue, log; on a phone, for a screen reader, without accounts."""

import pytest
from atelier_page import set_size, set_theme
from axe_selenium_python import Axe
from house import ADMIN, Visitor
from selenium.webdriver.common.keys import Keys
from service import Service


@pytest.fixture
def admin(visitor):
    return visitor.arrive().enter(*ADMIN)


def test_a_drained_machine_takes_nothing_until_it_is_back_at_work(admin, house):
    _, _, client = house.person()
    admin.administer("overview")
    row = admin.row("ready")
    name = row.text.splitlines()[0]
    admin.act_on(row, f"Drain: {name}")
    admin.row(name, "drained")
    job = client.submit(prompt="a green star", steps=4)
    admin.administer("queue")
    admin.row(job["id"][:8], "waiting")
    assert client.job(job["id"])["state"] == "queued"
    admin.administer("overview")
    admin.act_on(admin.row(name, "drained"), f"Back to work: {name}")
    client.wait(job["id"])
    admin.row(name, "ready")
    admin.administer("log")
    admin.row("machine back to work", ADMIN[0], name)


def test_a_job_is_seen_without_its_words_and_ended_after_a_question(admin, house):
    name, _, client = house.person()
    job = client.submit(prompt="a secret castle", steps=150, batch_count=8)
    admin.administer("queue")
    row = admin.row(job["id"][:8], name, "150 steps", "8 pictures")
    assert "secret" not in admin.script("return document.documentElement.outerHTML")
    admin.act_on(row, f"End: {job['id'][:8]}")
    admin.until(lambda: admin.shown("dialog[role=alertdialog]"), "it asks first")
    admin.press(Keys.ESCAPE)
    admin.until(lambda: not admin.all("dialog[role=alertdialog]"), "Escape leaves it")
    assert client.job(job["id"])["state"] != "failed"
    admin.act_on(admin.row(job["id"][:8]), f"End: {job['id'][:8]}")
    admin.click("dialog[role=alertdialog] .danger")
    client.wait(job["id"], ("failed",))
    admin.until(lambda: "nothing runs" in admin.text(".admin-part"), "the queue is empty")


def test_it_goes_on_by_itself_and_says_when_it_cannot(admin, house):
    admin.administer("overview")
    waiting = "return document.querySelector('[data-t=\"service.running\"]').nextSibling.textContent"
    admin.until(lambda: admin.script(waiting) == "0", "nothing runs")
    _, _, client = house.person()
    job = client.submit(prompt="a green star", steps=150, batch_count=8)
    admin.until(lambda: admin.script(waiting) == "1", "one runs, unasked")
    client.request("DELETE", f"/api/jobs/{job['id']}")
    house.service.kill_server()
    try:
        admin.until(lambda: "out of date" in admin.text(".admin-trouble"), "it says so")
    finally:
        house.service.start_server()
    admin.until(lambda: admin.text(".admin-trouble") == "", "it is true again")


def test_back_leads_to_the_pictures_and_jobs_go_on_meanwhile(visitor, house):
    name, password, _ = house.person("admin")
    admin = visitor.arrive().enter(name, password)
    admin.make("a red circle on a blue background")
    admin.administer("overview")
    admin.button("Pictures").click()
    admin.until_status("Done")
    admin.until_pictures(1)


def test_without_accounts_the_local_user_is_the_admin(browser):
    service = Service(access="single")
    try:
        service.start_server()
        page = Visitor(browser, service.base)
        browser.get(service.base)
        page.until(lambda: page.shown("a[aria-label=Administration]"), "the way there").click()
        page.until(lambda: "No machine has connected yet" in page.text(".admin-part"), "the machines")
        page.administer("people")
        page.until(lambda: "Nobody yet" in page.text(".admin-part"), "no users")
        assert not page.shown("form")
        assert not page.all(".user-button")
    finally:
        service.stop()


@pytest.mark.parametrize("size, theme", [("wide", "light"), ("phone", "dark")])
def test_axe_finds_nothing_and_all_of_it_fits(visitor, house, browser, size, theme):
    set_theme(browser, theme)
    set_size(browser, size)

    def check(state):
        axe = Axe(browser)
        axe.inject()
        found = axe.run(options={"resultTypes": ["violations"]})["violations"]
        assert not found, f"{state}: {axe.report(found)}"
        assert not visitor.scrolls_sideways(), state
        small = visitor.script("""
            return [...document.querySelectorAll('button, select, input:not([type]), input[type=text], .segment, a.button, .check')]
              .filter((node) => node.checkVisibility({checkVisibilityCSS: true}) && !node.matches('.hidden-visually'))
              .map((node) => [node.className || node.tagName, node.getBoundingClientRect().height])
              .filter(([, height]) => height < 43.5);""")
        assert size != "phone" or small == [], state

    visitor.arrive(f"#invitation={house.invitation()}")
    check("sign-up")
    visitor.arrive()
    visitor.button("Log in").click()
    visitor.until(lambda: visitor.error("username"), "an error")
    check("log-in with errors")
    visitor.enter(*ADMIN)
    visitor.until(lambda: visitor.shown(".user-button"), "the name").click()
    check("the menu")
    visitor.pick("API tokens")
    visitor.fill("token-name", "my script").send_keys(Keys.ENTER)
    visitor.until(lambda: visitor.shown(".token") and visitor.shown(".secret"), "a token")
    check("tokens")
    visitor.click(".token .button")
    visitor.until(lambda: visitor.shown("dialog[role=alertdialog]"), "the question")
    check("a question")
    visitor.click("dialog[role=alertdialog] .danger")
    visitor.until(lambda: not visitor.all(".token"), "no token")
    visitor.press(Keys.ESCAPE)
    visitor.choose("Change the password")
    visitor.until(lambda: visitor.shown("input[name=new-password]"), "the password")
    check("the password")
    visitor.press(Keys.ESCAPE)
    for part in ("overview", "queue", "people", "log"):
        visitor.administer(part)
        visitor.until(lambda: visitor.shown(".table tbody tr") or part == "queue", part)
        check(part)


def test_a_narrow_page_holds_the_menu_in_the_longer_language(visitor, house, browser):
    set_size(browser, "phone")
    visitor.arrive().enter(*ADMIN)
    visitor.button("fr").click()
    visitor.until(lambda: visitor.shown(".user-button"), "the name").click()
    visitor.until(lambda: "Changer le mot de passe" in visitor.text(".user-place .menu"), "French")
    left, right = visitor.script(
        "const {left, right} = document.querySelector('.user-place .menu').getBoundingClientRect(); return [left, right]")
    assert left >= 0 and right <= 390, (left, right)


def test_both_languages_have_every_text(visitor):
    visitor.arrive()
    missing = visitor.script("""
        return Promise.all(['account', 'admin'].flatMap((part) => ['en', 'fr'].map((lang) =>
          import(`/js/locales/${part}/${lang}.js`).then((texts) => texts[lang]))))
          .then(([a, b, c, d]) => [[a, b], [c, d]].flatMap(([en, fr]) =>
            [...Object.keys(en).filter((key) => typeof en[key] !== typeof fr[key]),
             ...Object.keys(fr).filter((key) => !(key in en))]));""")
    assert missing == []


def test_the_language_is_switched_whole_in_the_admin_view(admin):
    admin.administer("overview")
    admin.row("ready")
    admin.button("Français").click()
    admin.row("prête")
    admin.until(lambda: "En cours" in admin.text(".admin-part"), "the facts")
    assert admin.text(".admin h1") == "Administration"
    admin.button("Images").click()
    admin.until(lambda: "Générer" in admin.text(".make"), "the pictures are French too")
