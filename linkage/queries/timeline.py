"""What happened to an order, a demand or a supply: one entry per operation, newest first.

Each app names its histories: which events, what people call a row, and the fields that are told. The rest is here: who
did it, by hand or by which command and rule, old and new values in words, paging, *links only*, and Undo.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain

from django.core.exceptions import EmptyResultSet
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from erp.register.models import User
from erp.register.roles import may
from erp.register.units import plain
from linkage.models import Demand, DemandEvent, OrderLink, OrderLinkEvent, SupplyEvent
from linkage.queries.sql import rows

PAGE = 50
LINK_FIELDS = ("quantity", "received", "issued", "released", "kind", "contract")
DEMAND_FIELDS = ("quantity", "cancelled", "need_date", "status", "priority", "firm")
SUPPLY_FIELDS = ("quantity", "cancelled", "due_date", "status")
UNDONE_HERE = {f"linkage.{name}" for name in ("link", "link_pairs", "disconnect", "change_link", "hand_over", "swap")}
UNDO_FOR = timedelta(days=1)


def by_quantity(event):
    """What a new row tells: how much of it."""
    return plain(event.quantity)


@dataclass(frozen=True)
class History:
    """The events of one kind of row. ``names`` gives {row id: what people call it} for some ids; ``new`` what a new row
    tells (empty: nothing). ``fields`` are told by their verbose names, keys by their ``_id``.
    """

    events: QuerySet
    names: Callable
    fields: tuple
    new: Callable = by_quantity
    is_link: bool = False


@dataclass(frozen=True)
class Entry:
    """One operation: who, when, how (by hand, or by which command and rule), the changes as sentences, why."""

    at: datetime
    who: str
    how: str
    what: str
    reason: str
    changes: list
    undos: list

    @property
    def undo_id(self):
        """The event that Undo takes back; of an operation that made several links each has its own."""
        return self.undos[0][0] if self.undos else None


@dataclass(frozen=True)
class Timeline:
    """One page of entries; ``page`` counts from 1."""

    entries: list
    page: int
    has_next: bool
    links_only: bool

    @property
    def previous_page(self):
        return self.page - 1

    @property
    def next_page(self):
        return self.page + 1

    def __iter__(self):
        return iter(self.entries)


def timeline(histories, *, asked=None, viewer=None):
    """A page of the histories, in a constant number of statements. ``asked`` is the page's query string."""
    asked = asked or {}
    links_only, page = asked.get("events") == "links", _page_number(asked.get("events_page", ""))
    told = [history for history in histories if history.is_link or not links_only]
    moments = _moments(told, page)
    found = _Found(told, moments[:PAGE])
    undoable = found.undoable(viewer) if viewer else set()
    entries = [found.entry(moment, undoable) for moment in moments[:PAGE]]
    return Timeline(
        [entry for entry in entries if entry.changes or entry.reason], page, len(moments) > PAGE, links_only
    )


def link_history(links, name=str):
    """The history of links (a queryset); ``name`` says what a link is called, it comes ``with_ends``."""
    return History(
        events=OrderLinkEvent.objects.filter(pgh_obj__in=links.order_by().values("pk")),
        names=lambda ids: {link.pk: name(link) for link in OrderLink.objects.with_ends().filter(pk__in=ids)},
        fields=LINK_FIELDS,
        is_link=True,
    )


def demand_history(demands, name=str, fields=DEMAND_FIELDS, **facts):
    found = Demand.objects.for_list()
    return History(
        events=DemandEvent.objects.filter(pgh_obj__in=demands),
        names=lambda ids: {row.pk: name(row) for row in found.filter(pk__in=ids)},
        fields=fields,
        **facts,
    )


def position_histories(position):
    """The histories of a demand or supply and of its links."""
    is_demand = isinstance(position, Demand)
    own = DemandEvent if is_demand else SupplyEvent
    fields = DEMAND_FIELDS if is_demand else SUPPLY_FIELDS
    links = OrderLink.objects.filter(**{"demand" if is_demand else "supply": position.pk})
    return [
        History(own.objects.filter(pgh_obj=position.pk), lambda ids: {position.pk: str(position)}, fields),
        link_history(links),
    ]


def latest_event(link):
    """The newest event of a link: what Undo takes back."""
    return OrderLinkEvent.objects.filter(pgh_obj=link.pk).order_by("-pgh_id").first()


def _page_number(text):
    return max(int(text), 1) if text.isdecimal() and len(text) < 6 else 1


def _moments(histories, page):
    """[(context id, latest time)] of the operations of a page and of the first one after it, newest first.

    What was written without a context (by hand in the database) counts by its time.
    """
    parts, parameters = [], []
    for history in histories:
        grouped = history.events.order_by().values("pgh_context_id", "pgh_created_at").annotate(last=Max("pgh_id"))
        with suppress(EmptyResultSet):  # the histories of no rows
            sql, values = grouped.query.sql_with_params()
            parts.append(f"select * from ({sql}) part(context_id, at, last)")
            parameters += values
    if not parts:
        return []
    sql = (
        f"select context_id, max(at) from ({' union all '.join(parts)}) moment "
        "group by context_id, case when context_id is null then at end "
        "order by 2 desc, max(last) desc limit %s offset %s"
    )
    return rows(sql, [*parameters, PAGE + 1, PAGE * (page - 1)])


class _Found:
    """The events of some moments, each with the one before it of the same row."""

    def __init__(self, histories, moments):
        self.pairs, self.contexts, self.names, self.related = {}, {}, {}, {}
        for history in histories:
            self._read(history, moments)
        users = {facts.get("user") for facts in self.contexts.values()}
        self.users = User.objects.in_bulk(users - {None})
        self.related = {model: model._default_manager.in_bulk(ids) for model, ids in self._related_ids().items()}

    def _read(self, history, moments):
        here = history.events.order_by().filter(
            Q(pgh_context__in=[context for context, _ in moments if context])
            | Q(pgh_context=None, pgh_created_at__in=[at for context, at in moments if context is None])
        )
        keys = {context or at for context, at in moments}
        of_rows = history.events.filter(pgh_obj__in=here.values("pgh_obj"))
        before, touched = {}, set()
        for event in of_rows.select_related("pgh_context").order_by("pgh_id"):
            key = event.pgh_context_id or event.pgh_created_at
            if key in keys:
                self.pairs.setdefault(key, []).append((history, event, before.get(event.pgh_obj_id)))
                self.contexts[key] = event.pgh_context.metadata if event.pgh_context else {}
                touched.add(event.pgh_obj_id)
            before[event.pgh_obj_id] = event
        self.names[id(history)] = history.names(touched) if touched else {}

    def _related_ids(self):
        """{model: ids} of the rows that changed fields name, old and new."""
        wanted = defaultdict(set)
        for history, event, before in chain.from_iterable(self.pairs.values()):
            for name in history.fields if before else ():
                if name.endswith("_id") and getattr(before, name) != getattr(event, name):
                    wanted[_field(event, name).related_model] |= {getattr(before, name), getattr(event, name)} - {None}
        return wanted

    def entry(self, moment, undoable):
        key = moment[0] or moment[1]
        facts, pairs = self.contexts.get(key, {}), self.pairs.get(key, [])
        changes = filter(None, (self._told(*pair) for pair in pairs))
        return Entry(
            at=moment[1],
            who=str(self.users.get(facts.get("user"), "")),
            how=_how(facts, pairs),
            what=facts.get("operation", "").rpartition(".")[2].replace("_", " ").capitalize() or "Change",
            reason=facts.get("reason", ""),
            changes=_together(changes),
            undos=self._undos(facts, [pair for pair in pairs if pair[1] in undoable]),
        )

    def _told(self, history, event, before):
        """(what people call the row, what happened to it in words), or None where nothing is told."""
        name = self.names[id(history)].get(event.pgh_obj_id, "")
        if event.pgh_label == "delete":
            return name, "removed"
        if before is None:
            told = history.new(event)
        else:
            told = ", ".join(
                f"{_field(event, each).verbose_name} {self._shown(before, each)} → {self._shown(event, each)}"
                for each in history.fields
                if getattr(before, each) != getattr(event, each)
            )
        return (name, told) if told else None

    def _undos(self, facts, pairs):
        """[(event id, link)]; what is no list of links is undone as one, from any of its events."""
        undos = [(event.pk, self.names[id(history)].get(event.pgh_obj_id, "")) for history, event, _ in pairs]
        return undos if facts.get("operation") == "linkage.link_pairs" else undos[:1]

    def _shown(self, event, name):
        value, kept = getattr(event, name), _field(event, name)
        if kept.is_relation and value is not None:
            return str(self.related[kept.related_model].get(value, value))
        return _in_words(value, dict(kept.flatchoices))

    def undoable(self, viewer):
        """The link events that Undo is offered for: of the last day and the latest of their pair."""
        is_planner = may(viewer, "link")
        candidates = [
            event
            for key, pairs in self.pairs.items()
            for history, event, before in pairs
            if history.is_link
            and _may_be_undone(self.contexts[key], event, before)
            and (is_planner or self.contexts[key].get("user") == viewer.pk)
        ]
        if not candidates:
            return set()
        links = OrderLink.objects.filter(demand__in={event.demand_id for event in candidates}).values("pk")
        latest = OrderLinkEvent.objects.filter(pgh_obj__in=links).order_by().values_list("supply", "demand")
        newest = {(supply, demand): last for supply, demand, last in latest.annotate(last=Max("pgh_id"))}
        return {event for event in candidates if newest[event.supply_id, event.demand_id] == event.pk}


def _together(changes):
    """Sentences; what happened alike to more rows than two is one of them."""
    names = {}
    for name, told in changes:
        names.setdefault(told, {})[name] = None
    return [sentence for told, of in names.items() for sentence in _sentences(list(of), told)]


def _sentences(names, told):
    if len(names) > 2:
        first, second = sorted(names, key=lambda name: (len(name), name))[:2]
        names = [f"{first}, {second} and {len(names) - 2} more"]
    joint = " " if told == "removed" else ": "
    return [f"{name}{joint}{told}".strip() for name in names]


def _may_be_undone(facts, event, before):
    operation = facts.get("operation")
    if operation not in UNDONE_HERE or timezone.now() - event.pgh_created_at > UNDO_FOR:
        return False
    return operation != "linkage.hand_over" or before is None


def _how(facts, pairs):
    """By hand, or by which command; and by which rule, where a link names one."""
    command = facts.get("command", "").replace("_", " ")
    rules = {event.rule for history, event, before in pairs if history.is_link and before is None and event.rule}
    how = command or ("by hand" if facts.get("user") else "by the system")
    return f"{how}, by rule: {', '.join(sorted(rules))}" if rules else how


def _field(event, name):
    return event._meta.get_field(name.removesuffix("_id"))


def _in_words(value, choices):
    if value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str("none" if value in (None, "") else value)
