"""The one search box. Apps add what can be found through settings.SEARCH_PROVIDERS (dotted names of functions)."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from erp.web.nav import menu

MOST_PER_KIND = 12


@dataclass(frozen=True)
class Hit:
    """One thing that was found. ``label`` begins with its number: an exact one jumps there."""

    label: str
    url: str
    kind: str
    is_exact: bool = False


def search_all(user, text):
    """Everything that matches, exact numbers first; each provider takes (user, text) and gives (label, url, kind)."""
    if not text:
        return []
    hits = []
    for name in settings.SEARCH_PROVIDERS:
        found = import_string(name)(user, text)[:MOST_PER_KIND]
        hits += [Hit(str(label), url, str(kind), _is_exact(label, text)) for label, url, kind in found]
    hits += _pages(user, text)
    return sorted(hits, key=lambda hit: not hit.is_exact)


def _is_exact(label, text):
    number = str(label).split(" ", 1)[0]
    return text.casefold() in {number.casefold(), str(label).casefold()}


def _pages(user, text):
    wanted = text.casefold()
    pages = {page.url: page for section in menu(user, "") for page in section.pages}
    return [Hit(str(page.label), page.url, "page") for page in pages.values() if wanted in str(page.label).casefold()]
