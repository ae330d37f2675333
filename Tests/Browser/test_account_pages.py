"""Accounts as people meet them: the door, invitations, one's own account, what ends a session."""

from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest
import requests
from house import ADMIN, Visitor
from selenium.webdriver.common.keys import Keys


@pytest.fixture
def other(other_browser, house):
    return Visitor(other_browser, house.service.base)


def asked(page):
    """The routes the page has asked for since it was loaded."""
    return page.script("""
        return performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)
          .filter((path) => path.startsWith('/api/'))""")


# The door

def test_before_the_log_in_nothing_of_a_users_is_asked_for(visitor):
    visitor.driver.get_log("browser")
    visitor.arrive("#/image/0123456789abcdef")
    # Time enough for whatever would be asked every two seconds.
    visitor.until(lambda: visitor.script("return performance.now()") > 2500, "two and a half seconds")
    assert set(asked(visitor)) == {"/api/session"}
    assert [entry for entry in visitor.driver.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_the_page_of_a_user_with_an_account_is_light_too(visitor, house):
    name, password, _ = house.person()
    visitor.arrive().enter(name, password)
    visitor.reload().inside(name)
    entries = visitor.script("""
        return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
          .map((entry) => [entry.name, entry.encodedBodySize]);""")
    own = [(name, size) for name, size in entries if "/api/" not in name]
    assert sum(size for _, size in own) < 100_000, sorted(own, key=lambda entry: -entry[1])


def test_a_wrong_password_is_said_at_its_field_and_the_right_one_opens_the_page(visitor, house):
    name, password, _ = house.person()
    visitor.arrive()
    visitor.script("window.sameDocument = true")
    visitor.button("Log in").click()
    visitor.until(lambda: visitor.error("username") and visitor.error("password"), "both fields are needed")
    visitor.try_to_enter(name, "not the password")
    visitor.until(lambda: "wrong" in visitor.error("password"), "the field says so")
    assert visitor.script("return document.activeElement.name") == "password"
    visitor.enter(name, password)
    assert visitor.script("return window.sameDocument")
    visitor.finished("a red circle on a blue background")
    visitor.reload()
    visitor.inside(name).until_pictures(1, ".tile")


def test_too_many_tries_wait_as_long_as_the_server_asks(visitor, house):
    visitor.arrive()
    visitor.fill("username", "Nobody")
    visitor.fill("password", "a guess")
    label = "return document.querySelector('.door .button.primary').innerText"
    guess = {"name": "Nobody", "password": "a guess"}
    with ThreadPoolExecutor(6) as pool:
        others = [pool.submit(house.service.client().request, "POST", "/api/session", json=guess) for _ in range(6)]
        # A refusal needs no password to be looked at, so it comes while those before it are still at work.
        assert any(other.result().status_code == 429 for other in as_completed(others))
        visitor.press(Keys.ENTER)
        visitor.until(lambda: "·" in visitor.script(label), "the button counts", 20)
        first = visitor.script(label)
        tries = asked(visitor).count("/api/session")
        visitor.click(".door .button.primary")
        visitor.until(lambda: visitor.script(label) != first, "the seconds go by", 5)
        assert asked(visitor).count("/api/session") == tries


def test_an_invitation_link_makes_an_account_once(visitor, house):
    code = house.invitation()
    visitor.arrive(f"#invitation={code}")
    assert visitor.text(".door h1") == "Welcome"
    assert "invitation" not in visitor.driver.current_url
    assert visitor.one("input[name=invitation]").get_attribute("value") == code
    visitor.try_to_enter(ADMIN[0], "short")
    visitor.until(lambda: "8 characters" in visitor.error("password"), "too short")
    visitor.try_to_enter(ADMIN[0], "long enough now")
    visitor.until(lambda: "taken" in visitor.error("username"), "the name is taken")
    visitor.enter("Grace Hopper", "long enough now")
    visitor.choose("Log out")
    visitor.at_the_door()
    visitor.button("I have an invitation").click()
    visitor.fill("invitation", f"{visitor.url}/#invitation={code}")
    visitor.try_to_enter("Somebody Else", "long enough now")
    visitor.until(lambda: "unknown, used or expired" in visitor.error("invitation"), "it is used up")


# One's own account

def test_logging_out_ends_it_in_every_tab_and_takes_the_words_along(visitor, house):
    name, password, _ = house.person()
    visitor.arrive().enter(name, password).write("a secret castle")
    first = visitor.driver.current_window_handle
    visitor.driver.switch_to.new_window("tab")
    try:
        visitor.driver.get(visitor.url)
        visitor.inside(name)
        visitor.driver.switch_to.window(first)
        visitor.choose("Log out")
        visitor.at_the_door()
        assert "session has ended" not in visitor.text(".door")
        visitor.driver.switch_to.window(visitor.driver.window_handles[-1])
        visitor.at_the_door()
    finally:
        visitor.driver.switch_to.window(visitor.driver.window_handles[-1])
        visitor.driver.close()
        visitor.driver.switch_to.window(first)
    assert "secret" not in visitor.script("return JSON.stringify(localStorage)")
    visitor.reload().at_the_door()
    visitor.enter(*ADMIN)
    assert visitor.prompt.get_attribute("value") == ""


def test_a_session_ended_elsewhere_leads_to_the_door_and_back_to_the_same_words(visitor, house):
    name, password, client = house.person()
    visitor.arrive().enter(name, password).write("half a sentence")
    client.log_in(name, password)
    assert client.request("DELETE", "/api/account/sessions").status_code == 204
    visitor.at_the_door()
    visitor.until(lambda: "session has ended" in visitor.text(".door"), "it says why")
    visitor.enter(name, password)
    assert visitor.prompt.get_attribute("value") == "half a sentence"


def test_the_picture_that_was_open_is_open_again_after_the_log_in(visitor, house):
    name, password, client = house.person()
    visitor.arrive().enter(name, password).finished("a blue square on a yellow background")
    visitor.click(".tile")
    visitor.until_pictures(1, ".lightbox-picture")
    client.log_in(name, password)
    client.request("DELETE", "/api/account/sessions")
    visitor.at_the_door()
    visitor.try_to_enter(name, password)
    visitor.until(lambda: visitor.text(".lightbox-number") == "1 / 1", "it is open again")
    visitor.until_pictures(1, ".lightbox-picture")


def test_another_account_sees_neither_words_nor_pictures_of_the_last(visitor, house):
    name, password, client = house.person()
    visitor.arrive().enter(name, password).finished("a yellow star, blue background")
    client.log_in(name, password)
    client.request("DELETE", "/api/account/sessions")
    visitor.at_the_door()
    second, password, _ = house.person()
    visitor.enter(second, password)
    assert visitor.prompt.get_attribute("value") == ""
    assert visitor.all(".tile") == []


def test_a_changed_password_keeps_this_page_and_ends_the_others(visitor, house):
    name, password, client = house.person()
    visitor.arrive().enter(name, password).write("half a sentence")
    visitor.choose("Change the password")
    visitor.fill("new-password", "quite another password")
    visitor.fill("password", "not the password").send_keys(Keys.ENTER)
    visitor.until(lambda: "not your current password" in visitor.error("password"), "the field says so")
    visitor.fill("password", password).send_keys(Keys.ENTER)
    visitor.until(lambda: "password is changed" in visitor.text("#toasts"), "it is changed")
    assert client.request("GET", "/api/jobs").status_code == 401
    assert visitor.prompt.get_attribute("value") == "half a sentence"
    visitor.finished("a green hexagon")
    visitor.choose("Log out")
    visitor.at_the_door().enter(name, "quite another password")


def test_a_token_is_shown_once_works_and_ends_with_its_deletion(visitor, house):
    name, password, _ = house.person()
    visitor.arrive().enter(name, password)
    visitor.choose("API tokens")
    visitor.fill("token-name", "my script")
    visitor.button("Make the token").click()
    token = visitor.one("dialog .secret input").get_attribute("value")
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.get(visitor.url + "/api/jobs", headers=headers, timeout=10).status_code == 200
    visitor.button("Close").click()
    visitor.choose("API tokens")
    visitor.until(lambda: "my script" in visitor.text(".tokens"), "it is listed")
    assert token not in visitor.script("return document.documentElement.outerHTML")
    visitor.button("Delete my script").click()
    visitor.until(lambda: visitor.shown("dialog[role=alertdialog]"), "it asks first")
    visitor.click("dialog[role=alertdialog] .danger")
    visitor.until(lambda: "No tokens yet" in visitor.text(".tokens"), "it is gone")
    assert requests.get(visitor.url + "/api/jobs", headers=headers, timeout=10).status_code == 401


# What an admin does to it

def test_an_admin_disables_a_user_whose_page_is_at_the_door_without_being_touched(visitor, other, house):
    name, password, _ = house.person()
    other.arrive().enter(name, password)
    visitor.arrive().enter(*ADMIN).administer("people")
    visitor.act_on(visitor.row(name), f"Actions for {name}")
    visitor.pick("Disable")
    visitor.until(lambda: visitor.shown("dialog[role=alertdialog]"), "it asks first")
    visitor.click("dialog[role=alertdialog] .danger")
    other.at_the_door()
    visitor.row(name, "disabled")
    other.try_to_enter(name, password)
    other.until(lambda: "disabled" in other.text(".door"), "the door says why")


def test_a_new_password_from_an_admin_is_the_one_that_works(visitor, other, house):
    name, _, _ = house.person()
    visitor.arrive().enter(*ADMIN).administer("people")
    visitor.act_on(visitor.row(name), f"Actions for {name}")
    visitor.pick("New password")
    visitor.button("Set it").click()
    password = visitor.one("dialog .secret input").get_attribute("value")
    other.arrive().enter(name, password)


def test_an_admin_invites_and_the_link_opens_the_sign_up(visitor, other):
    visitor.arrive().enter(*ADMIN).administer("people")
    visitor.button("Invite").click()
    link = visitor.one(".admin .secret input").get_attribute("value")
    other.arrive(link.removeprefix(other.url + "/"))
    other.enter("Katherine", "long enough now")
    visitor.row("used by Katherine")


def test_who_is_no_admin_has_no_admin_view(visitor, house):
    name, password, _ = house.person()
    visitor.arrive("#/admin").enter(name, password)
    assert not visitor.all(".admin")
    visitor.until(lambda: visitor.shown(".user-button"), "the name").click()
    assert "Administration" not in visitor.text(".user-place .menu")
