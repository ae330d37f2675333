"""A service with accounts, and its people as they use the page."""

import itertools

from atelier_page import Page
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from service import Service

ADMIN = ("Ada", "a quite long password")


class House:
    def __init__(self):
        self.service = Service(access="accounts")
        self.numbers = itertools.count(1)

    def open(self):
        self.service.create_admin(*ADMIN).start_server().start_worker()
        self.admin = self.service.client().log_in(*ADMIN)
        return self

    def invitation(self, role="user") -> str:
        answer = self.admin.request("POST", "/api/admin/invitations", json={"role": role, "expires_hours": 24})
        assert answer.status_code == 201, answer.text
        return answer.json()["code"]

    def person(self, role="user"):
        """A new account: its name, its password, and a client that is logged in."""
        name, password = f"Grace {next(self.numbers)}", "another long password"
        client = self.service.client()
        answer = client.request(
            "POST", "/api/accounts", json={"invitation": self.invitation(role), "name": name, "password": password})
        assert answer.status_code == 201, answer.text
        return name, password, client


class Visitor(Page):
    """The page in a service with accounts."""

    def arrive(self, fragment=""):
        """Comes as someone new; waits for the door."""
        self.driver.get(self.url + "/favicon.svg")
        self.script("localStorage.clear()")
        self.driver.get(f"{self.url}/{fragment}")
        return self.at_the_door()

    def at_the_door(self, seconds: float = 20):
        self.until(lambda: self.shown(".door h1"), "the door", seconds)
        assert not self.all("#app"), "the pictures are gone"
        return self

    def fill(self, name: str, text: str):
        field = self.until(lambda: self.shown(f"input[name='{name}']"), f"the field {name}")
        field.clear()
        field.send_keys(text)
        return field

    def try_to_enter(self, name: str, password: str):
        self.fill("username", name)
        self.fill("password", password).send_keys(Keys.ENTER)

    def enter(self, name: str, password: str):
        """Logs in and waits for the pictures."""
        self.try_to_enter(name, password)
        return self.inside(name)

    def inside(self, name: str):
        self.until(lambda: self.text(".user-name") == name, f"{name} in the header", 30)
        return self.ready()

    def error(self, name: str) -> str:
        """What is said at a field."""
        return self.script("""
            const input = document.querySelector(arguments[0]);
            const id = (input?.getAttribute('aria-describedby') ?? '').split(' ').find((id) => id.endsWith('-error'));
            return input?.getAttribute('aria-invalid') === 'true' ? document.getElementById(id).textContent : ''""",
            f"input[name='{name}']")

    def choose(self, label: str):
        """Takes an entry of the menu at one's name."""
        self.until(lambda: self.shown(".user-button"), "the name").click()
        self.pick(label)

    def pick(self, label: str):
        """Takes an entry of the open menu."""
        entry = self.until(
            lambda: next((node for node in self.all(".menu-item") if node.is_displayed() and node.text == label), None), label)
        entry.click()

    def row(self, *words: str):
        """The row of a table that holds all the words."""
        def find():
            rows = [node for node in self.all(".table tbody tr") if node.is_displayed()]
            return next((row for row in rows if all(word in row.text for word in words)), None)
        return self.until(find, f"a row with {words}", 30)

    def administer(self, part: str):
        self.script("location.hash = arguments[0]", f"#/admin/{part}")
        self.until(lambda: self.shown(f".admin-nav [aria-current=page][data-part={part}]"), f"the part {part}", 20)
        return self

    def act_on(self, row, label: str):
        """Presses a button in a row."""
        button = next(node for node in row.find_elements(By.CSS_SELECTOR, "button")
                      if label in (node.text, node.get_attribute("aria-label")))
        self.script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
