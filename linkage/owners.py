"""The one way up: what linkage asks the app that owns a position.

Settings name one class per kind of position (POSITION_OWNERS); linkage loads it by that name and imports no app above
it. The owning app writes the class in its ``positions.py``.
"""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from erp.exceptions import Refused
from linkage.models import Demand, DemandKind, Status
from linkage.recipes import Recipe


class Owner:
    """What every owner answers. Changes not offered by an owner are refused with its sentence."""

    @staticmethod
    def urls(positions):
        """{position id: URL of the page where people work on it}, one query for all."""
        return {}

    @staticmethod
    def label(position):
        return position.label

    @staticmethod
    def may(user, position, action):
        """Whether the user may do ``action`` on this position: link, disconnect, hand_over, change."""
        return False

    @staticmethod
    def unconfirmed(ids):
        """The ids among these supplies whose date nobody has confirmed, though they are ordered; one query for all."""
        return set()

    @staticmethod
    def rejected(ids):
        """{supply id: what was rejected or scrapped of it, base unit}; of all supplies where ids is None; one query."""
        return {}

    @staticmethod
    def deliver(quantities, *, by, effective_on, reference=""):
        """Deliver what lies on the shelf for demands, {demand: base quantity}: it went straight to the customer."""
        raise Refused(f"{next(iter(quantities))} is not delivered to a customer.")

    @staticmethod
    def parted(positions):
        """A person disconnected something from these demands, which are locked."""

    @staticmethod
    def served(demands, *, by, taken_back=False):
        """Services came straight to these demands, or were taken back; the orders they are part of are locked."""

    @staticmethod
    def change_quantity(position, *, quantity, by):
        raise Refused(f"The quantity of {position} is not changed from here.")

    @staticmethod
    def change_date(position, *, date, by):
        raise Refused(f"The date of {position} is not changed from here.")

    @staticmethod
    def take_priority(position, *, by):
        raise Refused(f"The priority of {position} is not changed from here.")

    @staticmethod
    def take_revision(position, *, by):
        raise Refused(f"The revision of {position} is not changed from here.")

    @staticmethod
    def change_warehouse(position, *, warehouse, by):
        raise Refused(f"The warehouse of {position} is not changed from here.")

    @staticmethod
    def cancel(position, *, by, reason=""):
        raise Refused(f"{position} is not cancelled from here.")

    @staticmethod
    def requirements(supply_ids):
        """{component demand id: function(order quantity) -> what it needs then}, one query for all supplies."""
        return {}

    @staticmethod
    def arrivals(supply_ids):
        """{supply id: function(need date) -> the due date to ask for}; others: need date less safety time."""
        return {}

    @staticmethod
    def sizes(supply_ids):
        """{supply id: function(quantity) -> the least quantity, base unit, that can be ordered for it}."""
        return {}

    @staticmethod
    def stakes(demand_ids):
        """{demand id: in words whose it is and what it is worth}, in a constant number of queries."""
        return {}

    @staticmethod
    def across(demand_ids):
        """{demand id: (sentence, URL)} where another company of ours makes or asks for it, which no link says."""
        return {}

    @staticmethod
    def costs_so_far(supply_ids):
        """{supply id: what it has cost already, in the company's currency}, in a constant number of queries."""
        return {}

    @staticmethod
    def recipes(supply_ids, *, revision):
        """{supply id: Recipe}: what each needs as another revision, in a constant number of queries."""
        return {pk: Recipe() for pk in supply_ids}

    @staticmethod
    def taken_below(supply_ids):
        """What new components of the supplies may take when these become another revision; locked before."""
        return []

    @staticmethod
    def cover_added(recipes, *, by):
        """Supply the components that other revisions added, as an explosion does; sentences on what gets no order."""
        return []

    @staticmethod
    def carry(changed, *, by):
        """Supplies were changed in the ledger (``linkage.changes.tree.SupplyNode``): what the app knows follows."""

    @staticmethod
    def supplies_to_take(*, parts, warehouses):
        """What a new supply of these parts may take below it; locked before it is made."""
        return []

    @staticmethod
    def make_for(demand, *, quantity, by):
        """Order ``quantity`` (base unit) for a demand, linked to it."""
        raise Refused(f"No order is made for {demand}.")


def tell_served(movements, *, by, taken_back=False):
    """A service came or was taken back: the orders it is done for hear of it (``rows_of_orders_served`` locked).

    Only those that these movements went to: the same purchase row may serve other orders, which did nothing.
    """
    ids = {movement.demand_id for movement in movements if movement.demand_id}
    served = Demand.objects.filter(pk__in=ids, kind=DemandKind.SUBCONTRACT)
    if served:
        owner_of_kind(DemandKind.SUBCONTRACT).served(served, by=by, taken_back=taken_back)


@cache
def _owner(kind):
    path = settings.POSITION_OWNERS.get(kind)
    return import_string(path) if path else Owner


def owner_of_kind(kind):
    """The owner class of all positions of a kind."""
    return _owner(kind)


def owner_of(position):
    """The owner class of a demand or supply."""
    return _owner(position.kind)


def urls_of(positions):
    """{(kind, id): URL} of positions of any kind, one query per kind."""
    by_kind = {}
    for position in positions:
        by_kind.setdefault(position.kind, []).append(position)
    return {(kind, pk): url for kind, group in by_kind.items() for pk, url in _owner(kind).urls(group).items()}


def across(demands):
    """[(sentence, URL)] of (kind, demand id) pairs that a transfer joins to an order of another company."""
    by_kind = {}
    for kind, pk in dict.fromkeys(demands):
        by_kind.setdefault(kind, []).append(pk)
    return [said for kind, ids in by_kind.items() for said in _owner(kind).across(ids).values()]


def rejected(positions):
    """{supply id: what was rejected or scrapped of it} of (kind, supply id) pairs; None is all supplies."""
    if positions is None:
        asked = dict.fromkeys(settings.POSITION_OWNERS)
    else:
        asked = {}
        for kind, pk in set(positions):
            asked.setdefault(kind, []).append(pk)
    return {pk: quantity for kind, ids in asked.items() for pk, quantity in _owner(kind).rejected(ids).items()}


def unconfirmed(supplies):
    """The ids of ordered supplies of any kind that nobody has confirmed yet; what is only planned is not asked."""
    by_kind = {}
    for supply in supplies:
        if supply.status not in {Status.SUGGESTED, Status.PLANNED}:
            by_kind.setdefault(supply.kind, []).append(supply.pk)
    return set().union(*(_owner(kind).unconfirmed(ids) for kind, ids in by_kind.items()))
