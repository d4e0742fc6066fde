"""Formatted texts: what may stand in them, and the same as plain text and as blocks for pages and papers.

A formatted text is kept as HTML of a few tags; an image in it is named ``image:12``. Pages and papers are drawn from
its blocks, so its HTML is never put into a page as it is; only the editor gets it back.
"""

import re
from html import escape, unescape
from html.parser import HTMLParser

import nh3
from django.urls import reverse

LONGEST = 20_000
TAGS = {"p", "div", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "a", "img"}
MARKS = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline"}
BLOCKS = {"p": "p", "div": "p", "ul": "bullet", "ol": "number"}
IMAGE = re.compile(r"image:([0-9]{1,18})")
SIGNS = {"bullet": "• "}
PIECES = re.compile(r"(<[^>]*>)")
EMPTY = re.compile(r"<(p|div|ul|ol|li|b|strong|i|em|u|a)(?: [^>]*)?>\s*</\1>")


def cleaned(html):
    """What may stand in a formatted text; scripts, styles and everything else are taken out, their words stay."""
    html = re.sub(rf'src="(?:https?://[^/"]+)?{re.escape(_folder())}([0-9]+)/"', r'src="image:\1"', html)
    html = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}, "img": {"src", "alt"}},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "image"},
        link_rel=None,
    )
    return re.sub(r'<img(?![^>]*\bsrc="image:)[^>]*>', "", html).strip()


def _attribute(tag, name, value):
    """Only images of ours; a link leads to an address that says where."""
    if name == "src":
        return value if IMAGE.fullmatch(value) else None
    if name == "href":
        return value if re.match(r"(https?://|mailto:)", value, re.IGNORECASE) else None
    return value


def for_editor(html):
    """The same with addresses of the images in place of their names."""
    return re.sub(r'src="image:([0-9]+)"', lambda found: f'src="{_folder()}{found[1]}/"', html)


def _folder():
    return reverse("sales:text_image_new")


def images_in(html):
    """The ids of the images that a formatted text shows."""
    return {int(found) for found in IMAGE.findall(html)}


def is_plain(html):
    """Whether nothing but lines of words stands in it, so that the plain text says all of it."""
    return all(
        block["kind"] == "p" and not any(run.keys() - {"text"} for run in block["runs"]) for block in blocks_of(html)
    )


def plain_of(html):
    """Its words: a line for each paragraph and each point of a list; an image is its name."""
    return "\n".join(_plain(block) for block in blocks_of(html)).strip()


def _plain(block):
    if block["kind"] == "image":
        return f"[{block['alt'] or 'image'}]"
    sign = f"{block['number']}. " if block["kind"] == "number" else SIGNS.get(block["kind"], "")
    return sign + "".join(run["text"] for run in block["runs"])


def with_words(html, change):
    """The same text with ``change`` made to its words, piece by piece between its tags; a line that is emptied goes."""
    before = PIECES.split(html)
    after = [piece if piece.startswith("<") else _changed(piece, change) for piece in before]
    is_emptied = any(old.strip() and not new.strip() for old, new in zip(before, after, strict=True))
    return _without_empty("".join(after)) if is_emptied else "".join(after)


def words_in(html):
    """The pieces of words between its tags."""
    return [unescape(piece) for piece in PIECES.split(html) if not piece.startswith("<")]


def _changed(piece, change):
    return escape(change(unescape(piece)), quote=False)


def _without_empty(html):
    """Tags around nothing, then those around them, are taken out: an empty point would count in its list."""
    count = 1
    while count:
        html, count = EMPTY.subn("", html)
    return html


def blocks_of(html):
    """[block]: {"kind": "p", "bullet" or "number", "runs": [{"text", "bold", …}]}; an image says "image" and "alt"."""
    reader = _Blocks()
    reader.feed(html)
    reader.close()
    reader.end()
    return reader.blocks


class _Blocks(HTMLParser):
    """Reads cleaned HTML line by line."""

    def __init__(self):
        super().__init__()
        self.blocks, self._runs, self._marks, self._lists = [], [], [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in BLOCKS or tag in {"li", "br"}:
            self.end(keeps_empty=tag == "br")
        if tag in {"ul", "ol"}:
            self._lists.append([BLOCKS[tag], 0])
        elif tag == "li" and self._lists:
            self._lists[-1][1] += 1
        elif tag == "img":
            self.end()
            named = IMAGE.fullmatch(attrs.get("src") or "")
            if named:
                self.blocks.append({"kind": "image", "image": int(named[1]), "alt": attrs.get("alt") or ""})
        elif tag == "a" and attrs.get("href"):
            self._marks.append(("a", {"url": attrs["href"]}))
        elif tag in MARKS:
            self._marks.append((tag, {MARKS[tag]: True}))

    def handle_endtag(self, tag):
        if tag in BLOCKS or tag == "li":
            self.end()
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        for place in range(len(self._marks) - 1, -1, -1):
            if self._marks[place][0] == tag:
                del self._marks[place]
                break

    def handle_data(self, data):
        facts = {name: value for _tag, mark in self._marks for name, value in mark.items()}
        for place, line in enumerate(data.replace("\xa0", " ").split("\n")):
            if place:
                self.end()
            if line.strip() or (line and self._runs):
                self._runs.append({"text": line, **facts})

    def end(self, *, keeps_empty=False):
        """A line is done; an empty one counts only where somebody broke it."""
        if self._runs or (keeps_empty and self.blocks and not self._lists):
            kind, number = self._lists[-1] if self._lists else ("p", 0)
            block = {"kind": kind, "runs": self._runs}
            self.blocks.append(block | {"number": number} if kind == "number" else block)
        self._runs = []
