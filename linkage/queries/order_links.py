"""All order links as one list, and the counts of it that every order page shows in both directions."""

from dataclasses import dataclass

from django.db.models import BooleanField, Count, F, Func, Q
from django.db.models.expressions import RawSQL

from linkage.dates import Slack, time_from_today
from linkage.models import OrderLink
from linkage.queries.sql import rows
from linkage.queries.worklists import AFTER_NEED, days_asked

# The derived status of a link, as conditions on its columns (see ``OrderLink.status``).
STATES = {
    "planned": Q(open__gt=0, issued=0, received=0),
    "partly received": Q(open__gt=0, issued=0, received__gt=0, to_come__gt=0),
    "received": Q(open__gt=0, issued=0, received__gt=0, to_come=0),
    "partly issued": Q(open__gt=0, issued__gt=0),
    "fulfilled": Q(open=0, issued=F("quantity")),
    "ended": Q(open=0) & ~Q(issued=F("quantity")),
}


@dataclass(frozen=True)
class LinkCounts:
    """What an order supplies and what supplies it, in open links and in positions; each is the length of its list."""

    document: int
    gives: int
    takes: int
    supplies: int
    supplied_by: int


def link_counts(document_id):
    """The LinkCounts of one order, in one statement."""
    giving, taking = Q(supply__document=document_id), Q(demand__document=document_id)
    counts = (
        OrderLink.objects.open()
        .filter(giving | taking)
        .aggregate(
            gives=Count("pk", filter=giving),
            takes=Count("pk", filter=taking),
            supplies=Count("demand", filter=giving, distinct=True),
            supplied_by=Count("supply", filter=taking, distinct=True),
        )
    )
    return LinkCounts(document_id, **counts)


def supplied_by(demands, document_id):
    """Those of the demands that an order (its document) has an open link to."""
    return demands.filter(pk__in=OrderLink.objects.open().filter(supply__document=document_id).values("demand"))


def supplying(supplies, document_id):
    """Those of the supplies that have an open link to an order (its document)."""
    return supplies.filter(pk__in=OrderLink.objects.open().filter(demand__document=document_id).values("supply"))


def links_for_list():
    """Links with all that their list shows."""
    return OrderLink.objects.with_ends().select_related("part", "warehouse", "demand__document__partner", "created_by")


def late_links(*, today=None):
    """The ids, as a condition, of links whose goods come after the need date in work days."""
    slack = Slack(None, today=today)
    found = rows(AFTER_NEED.replace("select l.demand_id,", "select l.id,", 1), days_asked(slack))
    late = [
        pk
        for pk, warehouse, due, need, *order in found
        if slack.between(warehouse, due, need, time_from_today(*order)) < 0
    ]
    return Q(_among(late))


def _among(ids):
    """The row is one of these: one hashed array, however many they are and whatever the planner believes."""
    array = RawSQL("%s::bigint[]", [ids])
    return Func(F("pk"), array, template="%(expressions)s)", arg_joiner=" = any(", output_field=BooleanField())
