"""Fixtures of the browser tests: one service for all, one fresh browser user a test.

`ATELIER_BIN` names the folder with `atelier-server` and `atelier-worker` (default `.build/release`).
"""

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service as Driver

from atelier_page import Page
from service import BIN, Service

SIZES = {"wide": (1440, 900), "middle": (1024, 800), "phone": (390, 844)}


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    for name in ("atelier-server", "atelier-worker"):
        assert (BIN / name).exists(), f"{BIN / name} is missing: build the package, or set ATELIER_BIN"
    running = Service(tmp_path_factory.mktemp("service"))
    try:
        yield running.start()
    finally:
        running.stop()


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
    return Page(browser, service.url)


@pytest.fixture
def quick():
    """Settings that make a picture in few steps."""
    return {"steps": 6, "prompt": "", "negative_prompt": "", "shape": "", "batch_count": 1, "seed": None}


def set_size(driver, name: str):
    width, height = SIZES[name]
    phone = name == "phone"
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 2 if phone else 1, "mobile": phone})
    driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": phone})


def set_theme(driver, theme: str):
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})


def set_online(driver, online: bool):
    speed = -1 if online else 0
    driver.execute_cdp_cmd(
        "Network.emulateNetworkConditions",
        {"offline": not online, "latency": 0, "downloadThroughput": speed, "uploadThroughput": speed})
