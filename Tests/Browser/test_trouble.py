"""Lost connections, lost machines, lost servers: nothing is lost with them."""

from atelier_page import set_online


def test_a_lost_connection_is_said_and_regained_with_the_picture(page, crowd, quick, browser):
    page.open(**quick)
    page.make("a red star on a white background")
    page.until_status("before you")
    set_online(browser, False)
    page.until(lambda: "Connection lost" in page.text("#banner"), "the banner")
    crowd.leave()
    set_online(browser, True)
    page.until(lambda: page.text("#banner") == "", "the banner goes")
    page.until_status("Done")
    page.until_pictures(1)


def test_a_click_without_connection_is_sent_once_when_it_returns(page, quick, browser):
    page.open(**quick)
    set_online(browser, False)
    page.make("a yellow ring on a black background")
    page.until_status("No connection")
    set_online(browser, True)
    page.until_status("Done")
    page.until_pictures(1)
    assert page.script("return fetch('/api/jobs').then((answer) => answer.json()).then((data) => data.jobs.length)") == 1


def test_a_killed_server_comes_back_and_nothing_is_lost(page, service, quick):
    page.open(**{**quick, "steps": 50})
    page.make("a castle at night under the moon")
    page.until(lambda: " / 50" in page.text(".status-numbers"), "it runs")
    service.kill_server()
    page.until(lambda: "Connection lost" in page.text("#banner"), "the banner")
    service.start_server()
    page.until(lambda: page.text("#banner") == "", "the banner goes")
    page.until_status("Done")
    page.until_pictures(1)
    page.until_pictures(1, ".tile")


def test_a_killed_worker_is_said_and_the_job_keeps_its_place(page, service, quick):
    page.open(**{**quick, "steps": 50})
    page.make("a tree on a hill")
    page.until(lambda: " / 50" in page.text(".status-numbers"), "it runs")
    service.signal_worker()
    try:
        page.until_status("kept its place")
    finally:
        service.start_worker()
    page.until_status("Done")
    page.until_pictures(1)


def test_without_a_machine_the_job_waits_and_says_so(page, service, quick):
    page.open(**quick)
    service.signal_worker()
    try:
        page.until(lambda: "No machine" in page.text(".machine"), "the form says so")
        page.make("a bird over the sea")
        page.until_status("No machine is connected")
    finally:
        service.start_worker()
    page.until_status("Done")
    page.until_pictures(1)


def test_a_second_tab_sees_the_same_job(page, quick, browser):
    page.open(**quick)
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    try:
        browser.get(page.url)
        page.ready()
        page.make("a house by the sea")
        page.until_status("Done")
        browser.switch_to.window(first)
        page.until_status("Done")
        page.until_pictures(1)
    finally:
        browser.switch_to.window(browser.window_handles[-1])
        browser.close()
        browser.switch_to.window(first)


def test_another_user_sees_none_of_it(page, quick, browser):
    page.open(**quick).finished("a secret castle")
    picture = page.one(".cell img").get_attribute("src")
    browser.delete_all_cookies()
    page.reload()
    page.until(lambda: page.shown(".empty"), "an empty page")
    assert page.all(".tile") == []
    assert page.script("return fetch(arguments[0], {cache: 'no-store'}).then((answer) => answer.status)", picture) == 404
