"""Fixtures of the browser tests: one service for all, one fresh browser user a test."""

import sys
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service as Driver

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from atelier_page import Page, set_online, set_size, set_theme  # noqa: E402
from house import House, Visitor  # noqa: E402
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


def launch():
    """A browser of its own: one user's cookies, one user's windows."""
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
    return driver


@pytest.fixture(scope="session")
def chromium():
    driver = launch()
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def other_chromium():
    """Somebody else's browser, for tests in which two people meet."""
    driver = launch()
    yield driver
    driver.quit()


def fresh(driver):
    """The browser as someone who has never been here: no cookie, nothing remembered, light, wide, online."""
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    set_size(driver, "wide")
    set_theme(driver, "light")
    set_online(driver, True)
    yield driver
    set_online(driver, True)
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    # A page left open would go on asking, and keep its cookie's events coming.
    driver.get("about:blank")


@pytest.fixture
def browser(chromium):
    yield from fresh(chromium)


@pytest.fixture
def other_browser(other_chromium):
    yield from fresh(other_chromium)


@pytest.fixture
def page(browser, service):
    return Page(browser, service.base)


@pytest.fixture(scope="session")
def house():
    """A service whose people have accounts."""
    house = House()
    try:
        yield house.open()
    finally:
        house.service.stop()


@pytest.fixture
def visitor(browser, house):
    return Visitor(browser, house.service.base)


@pytest.fixture
def quick():
    """Settings that make a picture in few steps."""
    return {"steps": 6, "prompt": "", "negative_prompt": "", "shape": "", "batch_count": 1, "seed": None}
