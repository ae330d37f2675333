"""Makes the README's picture of the page: screenshot.py OUT.png [URL of a running service]."""

import sys

from selenium import webdriver
from selenium.webdriver.chrome.service import Service as Driver

from atelier_page import Page

PROMPTS = [
    "a house in the mountains at sunset", "a large red circle on a white background", "a castle, green hills, clouds",
    "desert by day, a cactus, sun", "a boat on the sea at night, crescent moon", "a boat on the sea at sunset, sun",
    "a yellow star, blue background",
]


def main(out: str, url: str = "http://localhost:3000"):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--lang=en", "--window-size=1440,1000"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Driver("/usr/bin/chromedriver"))
    try:
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": 1440, "height": 1000, "deviceScaleFactor": 1, "mobile": False})
        page = Page(driver, url)
        page.open(steps=30, seed=2026, prompt="", negative_prompt="", shape="", batch_count=1)
        for number, prompt in enumerate(PROMPTS, 1):
            page.make(prompt)
            page.until(lambda: len(page.all(".tile")) >= number, prompt)
        page.until_status("Done")
        page.until_pictures(1)
        page.script("document.activeElement.blur()")
        page.until(lambda: page.all(".cell canvas"), "the fine enlargement")
        driver.save_screenshot(out)
    finally:
        driver.quit()


if __name__ == "__main__":
    main(*sys.argv[1:])
