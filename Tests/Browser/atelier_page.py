"""The page as a reader sees it: every wait is for something visible."""

import json

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

# A picture of twenty steps takes seconds; a busy test machine may take a minute.
PATIENCE = 180

SIZES = {"wide": (1440, 900), "middle": (1024, 800), "phone": (390, 844)}


class Page:
    def __init__(self, driver, url: str):
        self.driver = driver
        self.url = url

    def open(self, **settings):
        """Opens the page as someone new, or with composer settings remembered from before."""
        self.driver.get(self.url + "/favicon.svg")
        self.script("localStorage.clear()")
        if settings:
            self.script("localStorage.setItem('atelier.settings', arguments[0])", json.dumps(settings))
        self.driver.get(self.url + "/")
        return self.ready()

    def ready(self):
        """Waits until the first answers are in and the machine is known."""
        self.until(lambda: self.shown(".empty") or self.shown(".status"), "the stage says something")
        self.one("#field-sampler")
        return self

    def reload(self):
        self.driver.refresh()
        return self

    # Looking

    def script(self, text: str, *arguments):
        return self.driver.execute_script(text, *arguments)

    def all(self, selector: str):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str):
        return self.until(lambda: next(iter(self.all(selector)), None), f"{selector} is there")

    def shown(self, selector: str):
        # Parts of the list are redrawn while it is read: then look again.
        try:
            return next((node for node in self.all(selector) if node.is_displayed()), None)
        except StaleElementReferenceException:
            return None

    def text(self, selector: str) -> str:
        return self.script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def until(self, condition, what: str, seconds: float = PATIENCE):
        waiting = WebDriverWait(
            self.driver, seconds, poll_frequency=0.05, ignored_exceptions=[StaleElementReferenceException])
        return waiting.until(lambda _: condition(), f"{what}; the stage says {self.text('.status')!r}")

    def until_status(self, *words: str, seconds: float = PATIENCE):
        """Waits until the line under the picture holds one of `words`."""
        return self.until(
            lambda: next((word for word in words if word in self.text(".status")), None), f"one of {words}", seconds)

    def until_pictures(self, count: int, selector: str = ".cell"):
        """Waits until `count` pictures are decoded and seen in the elements `selector` names."""
        counting = (
            "return [...document.querySelectorAll(arguments[0] + ' img')]"
            ".filter((image) => image.complete && image.naturalWidth > 0 && !image.src.startsWith('data:')).length")
        self.until(lambda: self.script(counting, selector) == count, f"{count} pictures in {selector}")

    def scrolls_sideways(self) -> bool:
        return self.script("return document.documentElement.scrollWidth > document.documentElement.clientWidth")

    def picture_text(self, keyword: str, address: str) -> str:
        """A text chunk of the PNG at `address`, fetched with the page's own cookie."""
        encoded = self.script("""
            return fetch(arguments[0]).then((answer) => answer.arrayBuffer())
              .then((bytes) => Array.from(new Uint8Array(bytes)))""", address)
        data, at = bytes(encoded), 8
        while at < len(data):
            size, kind = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8]
            body = data[at + 8:at + 8 + size]
            name, _, rest = body.partition(b"\0")
            if name.decode("latin-1") == keyword and kind == b"tEXt":
                return rest.decode("latin-1")
            if name.decode("latin-1") == keyword and kind == b"iTXt":
                return rest[2:].split(b"\0", 2)[2].decode()
            at += 12 + size
        raise AssertionError(f"no text chunk {keyword!r}")

    # Doing

    @property
    def prompt(self):
        return self.one("#field-prompt")

    def write(self, text: str):
        self.prompt.send_keys(Keys.CONTROL, "a")
        self.prompt.send_keys(text)

    def make(self, text: str):
        """Types and presses Enter."""
        self.write(text)
        self.prompt.send_keys(Keys.ENTER)

    def click(self, selector: str):
        node = self.until(lambda: self.shown(selector), f"{selector} is shown")
        # Away from the bar that a phone keeps at the bottom.
        self.script("arguments[0].scrollIntoView({block: 'center'})", node)
        node.click()

    def unfold(self):
        """Opens everything that is folded away."""
        self.script("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")

    def press(self, *keys: str):
        self.driver.switch_to.active_element.send_keys(*keys)

    def button(self, text: str):
        """The first visible button with this text or label, in the open dialog if there is one."""
        def find():
            place = "dialog[open] " if self.all("dialog[open]") else ""
            for node in self.all(f"{place}button, {place}a.button"):
                if node.is_displayed() and text in (node.text, node.get_attribute("aria-label")):
                    return node
            return None
        return self.until(find, f"a button {text!r}")

    def finished(self, text: str = "a red circle on a blue background", count: int = 1):
        """Makes a picture and waits until it hangs."""
        self.make(text)
        self.until_status("Done", "Terminé")
        self.until_pictures(count)
        return self


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
