"""One person at one browser window, who looks at every page they come to."""

from pathlib import Path

from django.conf import settings

AXE = Path(settings.BASE_DIR, "tests", "vendor", "axe-core", "axe.min.js").read_text()
LEVELS_A_AND_AA = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# A form that was filled in wrong, or a rule that says no: an answer, not an error.
ANSWERS = ("status of 409", "status of 422")


def findings(page, rules=LEVELS_A_AND_AA):
    """What axe finds on the page as it is now."""
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE})
    report = page.evaluate("rules => axe.run({runOnly: rules})", rules)
    return [(rule["id"], [node["html"][:160] for node in rule["nodes"]]) for rule in report["violations"]]


class Desk:
    def __init__(self, page, *, looks=True):
        self.page = page
        self.looks = looks
        self.troubles = []
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("console", self._heard)

    def _heard(self, line):
        refused = line.type == "error" and not any(answer in line.text for answer in ANSWERS)
        if refused or "Content Security Policy" in line.text:
            self.troubles.append(f"{self.page.url}: {line.text}")

    def open(self, path):
        answer = self.page.goto(path)
        assert answer.status == 200, f"{path}: {answer.status}"
        self.look()

    def look(self):
        """The page as it is now is accessible, in light and in dark, and nobody complained about it."""
        if self.looks:
            self.page.emulate_media(color_scheme="dark")
            found = findings(self.page, COLOURS)
            self.page.emulate_media(color_scheme="light")
            found += findings(self.page)
            assert found == [], f"{self.page.url}: {found}"
        assert self.troubles == [], self.troubles

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)
