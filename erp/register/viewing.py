"""Saved views: what a list page offers, and the operations that keep them.

A view is the query string of a list's address under a name. ``erp.web.listing`` asks ``menu_of`` by the name that
settings give it.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from erp.register.models import DefaultView, SavedView
from erp.web.columns import remembered

MOST_SHOWN = 50
# What belongs to a moment, not to a view.
PASSING = {"page", "export", "view", "choose", "csrfmiddlewaretoken"}


def lasting(query):
    """The query string without what belongs to a moment; empty filters say nothing and go too."""
    return urlencode([(name, value) for name, value in parse_qsl(query) if name not in PASSING])


@dataclass(frozen=True)
class View:
    """One saved view as a list offers it."""

    pk: int
    name: str
    owner: str
    url: str
    is_mine: bool
    is_shared: bool
    is_default: bool
    is_current: bool


@dataclass(frozen=True)
class Menu:
    """The views of one list for one user."""

    views: list
    page: str
    query: str
    shown: str

    @property
    def manage_url(self):
        """Where the list is saved as it is shown: its remembered columns too."""
        return f"{reverse('register:view_list')}?{urlencode({'list': self.page, 'query': self.shown})}"

    @property
    def columns_url(self):
        return reverse("register:choose_columns")

    @property
    def back_url(self):
        return f"{self.page}?{self.query}&view="

    @property
    def mine(self):
        return [view for view in self.views if view.is_mine]

    @property
    def shared(self):
        return [view for view in self.views if not view.is_mine]

    @property
    def default(self):
        return next((view for view in self.views if view.is_default), None)

    @property
    def current(self):
        return next((view.name for view in self.views if view.is_current), "")


def views_of(user, page):
    """The user's own views of a list and those shared by others, with ``is_default``."""
    mine = DefaultView.objects.filter(view=OuterRef("pk"), user=user)
    seen = SavedView.objects.filter(Q(owner=user) | Q(is_shared=True), page=page)
    return seen.annotate(is_default=Exists(mine)).select_related("owner").order_by("name", "pk")[:MOST_SHOWN]


def menu_of(user, page, asked):
    """The Menu of a list (its path) that is shown with this query (QueryDict); one statement."""
    if not user.is_authenticated:
        return None
    now = lasting(asked.urlencode())
    shown = now if "columns" in asked else with_columns(now, remembered(user, page))
    return Menu([_view(view, user, {now, shown}) for view in views_of(user, page)], page, now, shown)


def with_columns(query, columns):
    """The query string with these columns in their order; none: as the list opens by itself."""
    pairs = [(name, value) for name, value in parse_qsl(query) if name != "columns"]
    return urlencode([*pairs, ("columns", ",".join(columns))] if columns else pairs, safe=",")


def _view(view, user, queries):
    return View(
        pk=view.pk,
        name=view.name,
        owner=str(view.owner),
        url=f"{view.page}?{view.query}{'&' if view.query else ''}view={view.pk}",
        is_mine=view.owner_id == user.pk,
        is_shared=view.is_shared,
        is_default=view.is_default,
        is_current=any(sorted(parse_qsl(view.query)) == sorted(parse_qsl(query)) for query in queries),
    )
