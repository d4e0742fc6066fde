"""One person at one browser window, who looks at every page they come to."""

from pathlib import Path

from django.conf import settings

AXE = Path(settings.BASE_DIR, "tests", "vendor", "axe-core", "axe.min.js").read_text()
LEVELS_A_AND_AA = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# A form that was filled in wrong, or a rule that says no: an answer, not an error.
ANSWERS = ("status of 409", "status of 422")

# A number for each kind of thing that the page has: what it is, with what attributes, and what it lies in.
KINDS_OF_THINGS = """() => {
    const kinds = new Set();
    const spoken = /^(aria-(?!label|describe|control|own)|role$|type$|class$|hidden$|disabled$|open$|scope$)/;
    const visit = (element, inside) => {
        let kind = inside + ">" + element.localName;
        for (const {name, value} of element.attributes) kind += "," + name + (spoken.test(name) ? "=" + value : "");
        kind += element.labels?.length ? ",labelled" : "";
        kind += [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) ? ",text" : "";
        let hash = 7;
        for (let i = 0; i < kind.length; i++) hash = (Math.imul(hash, 31) + kind.charCodeAt(i)) | 0;
        kinds.add(hash);
        for (const child of element.children) visit(child, String(hash));
    };
    visit(document.documentElement, location.pathname.replace(/[0-9]+/g, "0"));
    return [...kinds];
}"""
SEEN = set()  # by this process


def findings(page, rules=LEVELS_A_AND_AA):
    """What axe finds on the page as it is now."""
    if not page.evaluate("() => 'axe' in window"):
        page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE})
    only = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    report = page.evaluate("options => axe.run(options)", only)
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
        """The page as it is now is accessible, in light and in dark, and nobody complained about it.

        Where all that it shows has been looked at before, on a page of this address, axe is not asked again.
        """
        kinds = set(self.page.evaluate(KINDS_OF_THINGS)) if self.looks else set()
        if kinds - SEEN:
            self.page.emulate_media(color_scheme="dark")
            found = findings(self.page, COLOURS)
            self.page.emulate_media(color_scheme="light")
            found += findings(self.page)
            assert found == [], f"{self.page.url}: {found}"
            SEEN.update(kinds)
        assert self.troubles == [], self.troubles

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)


def choose(row, name):
    """What is done to a row of an order more seldom stands in its menu, in words."""
    row.get_by_label("More for this row").click()
    row.locator(".row-menu").get_by_text(name, exact=True).click()
