"""What people and robots type into forms, and what a page must never answer with."""

from html.parser import HTMLParser

VALUES = {
    "nothing": "",
    "NaN": "NaN",
    "infinity": "Infinity",
    "an exponent": "1e400",
    "minus zero": "-0",
    "full-width digits": "\uff11\uff12",
    "a decimal comma": "1,5",
    "seven decimals": "0.0000001",
    "very large": "9" * 30,
    "very long": "x" * 10_000,
    "a zero byte": "a\x00b",
    "a wrong id": "999999999",
    "markup": "<img src=x onerror=alert(1)>",
    "a formula": "=1+1",
    "a date that is none": "2026-02-30",
}

# What a field of a kind can tell apart; any other field is tried with everything.
KINDS = {
    "date": ["nothing", "NaN", "full-width digits", "very large", "very long", "a zero byte", "a date that is none"],
    "choice": ["nothing", "NaN", "very large", "very long", "a zero byte", "a wrong id"],
    "words": ["nothing", "very long", "a zero byte", "markup", "a formula"],
}
KIND_OF = {"date": "date", "select": "choice", "checkbox": "choice", "radio": "choice", "textarea": "words"}


def values_for(kind):
    """{words: value} of what is typed into a field of the kind."""
    return {words: VALUES[words] for words in KINDS.get(kind, VALUES)}


class Forms(HTMLParser):
    """The POST forms of a page: their actions, {field name: value it came with} and {field name: its kind}; fields by
    ``form=`` included."""

    def __init__(self, html):
        super().__init__()
        self.forms, self._open, self._by_id, self._select = [], None, {}, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self._open = self._form(attrs.get("id"), attrs)
            if attrs.get("method", "get").lower() == "post":
                self.forms.append(self._open)
        elif tag in {"input", "textarea", "select", "button"} and (attrs.get("name") or attrs.get("formaction")):
            self._field(tag, attrs)

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None

    def _form(self, form_id, attrs):
        form = self._by_id.setdefault(form_id or object(), {"action": "", "fields": {}, "kinds": {}})
        form["action"] = attrs.get("action", "")
        return form

    def _field(self, tag, attrs):
        form_id = attrs.get("form")
        form = self._by_id.setdefault(form_id, {"action": "", "fields": {}, "kinds": {}}) if form_id else self._open
        if form is not None and attrs.get("formaction"):
            form["action"] = form["action"] or attrs["formaction"]
        if form is None or not attrs.get("name") or (tag == "button" and attrs.get("value") is None):
            return
        form["kinds"][attrs["name"]] = KIND_OF.get(attrs.get("type") or tag, "any")
        if attrs.get("type") in {"checkbox", "radio"} and "checked" not in attrs:
            form["fields"].setdefault(attrs["name"], None)
            return
        form["fields"][attrs["name"]] = attrs.get("value") or ""


def posts(html, page):
    """[(url, fields, kinds)] of the forms on a page; an empty action posts to the page itself."""
    return [(form["action"] or page, form["fields"], form["kinds"]) for form in Forms(html).forms]
