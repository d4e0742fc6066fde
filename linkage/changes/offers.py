"""What is free and who is short beside the chain: read once, when the first question asks for it."""

from functools import cached_property

from linkage.labels import DEMAND_NAME, SUPPLY_NAME, demand_label, supply_label
from linkage.models import Demand, Supply
from linkage.queries.sql import among

MOST = 3


class Offer:
    """A free supply or a short demand; ``left`` goes down as answers take of it, ``when`` says its day."""

    __slots__ = ("id", "label", "left", "when")

    def __init__(self, pk, left, label, when):
        self.id, self.left, self.label, self.when = pk, left, label, when


class Offers:
    def __init__(self, tree):
        self.tree = tree

    def free(self, demand):
        """The first free supplies of the demand's part and warehouse: stock, then by due date."""
        return [offer for offer in self._free.get(_place(demand), []) if offer.left > 0][:MOST]

    def short(self, supply):
        """The next short demands of the supply's part and warehouse, by need date and priority."""
        return [offer for offer in self._short.get(_place(supply), []) if offer.left > 0][:MOST]

    def take(self, pk, wanted):
        return _taken(self._free, pk, wanted)

    def give(self, pk, wanted):
        return _taken(self._short, pk, wanted)

    @cached_property
    def _free(self):
        parts = {demand.part_id for demand in self.tree.demands.values()}
        orders = [supply.pk for supply in self.tree.supplies.values() if not supply.is_stock]
        found = Supply.objects.with_free().filter(part__in=among(parts)).exclude(pk__in=among(orders)).by_due()
        return _by_place(
            found.values_list("pk", "part", "warehouse", "free", "due_date", *SUPPLY_NAME), supply_label, ", due"
        )

    @cached_property
    def _short(self):
        parts = {supply.part_id for supply in self.tree.supplies.values()}
        found = (
            Demand.objects.linkable().filter(part__in=among(parts)).exclude(pk__in=among(self.tree.demands)).by_need()
        )
        return _by_place(
            found.values_list("pk", "part", "warehouse", "uncovered", "need_date", *DEMAND_NAME),
            demand_label,
            ", needed",
        )


def _place(position):
    return position.part_id, position.warehouse_id


def _by_place(found, label, word):
    places = {}
    for pk, part, warehouse, left, day, *name in found:
        when = f"{word} {day:%Y-%m-%d}" if day else ""
        places.setdefault((part, warehouse), []).append(Offer(pk, left, label(*name), when))
    return places


def _taken(places, pk, wanted):
    offer = next(offer for offers in places.values() for offer in offers if offer.id == pk)
    taken = min(offer.left, wanted)
    offer.left -= taken
    return taken
