"""Fixtures of the browser tests: one service for all, one fresh browser user a test."""

import sys
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service as Driver

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from atelier_page import Page, set_online, set_size, set_theme  # noqa: E402
from service import Service  # noqa: E402


@pytest.fixture(scope="session")
def service():
    """Each browser its own user, so that tests share the service and nothing else."""
    running = Service(access="open")
    try:
        yield running.start_server().start_worker()
    finally:
        running.stop()


@pytest.fixture
def crowd(service):
    """Somebody else's job ahead in the queue, until `leave` is called or the test ends."""
    class Crowd:
        def __init__(self):
            self.client = service.client()
            self.client.request("GET", "/api/capabilities")  # makes it a user
            self.jobs = []

        def come(self, **fields):
            self.jobs.append(self.client.submit(**{"prompt": "a green hexagon", "steps": 150, "batch_count": 4, **fields})["id"])

        def leave(self):
            while self.jobs:
                self.client.request("DELETE", f"/api/jobs/{self.jobs.pop()}")

    crowd = Crowd()
    crowd.come()
    yield crowd
    crowd.leave()


@pytest.fixture(scope="session")
def chromium():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1440,900",
        "--lang=en", "--force-prefers-reduced-motion",
    ):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"intl.accept_languages": "en"})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Driver("/usr/bin/chromedriver"))
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium):
    """The browser as someone who has never been here: no cookie, nothing remembered, light, wide, online."""
    chromium.execute_cdp_cmd("Network.enable", {})
    chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
    set_size(chromium, "wide")
    set_theme(chromium, "light")
    set_online(chromium, True)
    yield chromium
    set_online(chromium, True)
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    # A page left open would go on asking, and keep its cookie's events coming.
    chromium.get("about:blank")


@pytest.fixture
def page(browser, service):
    return Page(browser, service.base)


@pytest.fixture
def quick():
    """Settings that make a picture in few steps."""
    return {"steps": 6, "prompt": "", "negative_prompt": "", "shape": "", "batch_count": 1, "seed": None}
