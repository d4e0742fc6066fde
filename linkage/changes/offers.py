"""What is free and who is short beside the chain: read once, when the first question asks for it."""

from decimal import Decimal
from functools import cached_property

from linkage.queries.sql import rows

ZERO = Decimal(0)
MOST = 3
FREE = """
select s.id, s.part_id, s.warehouse_id, s.free,
  case when s.kind = 'stock' then 'stock ' || w.code else d.number || '/' || s.position end
from linkage_supply s join register_warehouse w on w.id = s.warehouse_id
left join linkage_document d on d.id = s.document_id
where s.free > 0 and s.status in ('planned', 'firm', 'started') and s.part_id = any(%s) and not s.id = any(%s)
order by s.due_date nulls first, s.id
"""
SHORT = """
select d.id, d.part_id, d.warehouse_id, d.uncovered,
  coalesce(h.number || case when f.id is null then '' else '/' || f.position end || '/' || d.position, d.kind)
from linkage_demand d left join linkage_document h on h.id = d.document_id
left join linkage_supply f on f.id = d.for_supply_id
where d.uncovered > 0 and d.status in ('planned', 'firm', 'started') and d.kind <> 'forecast'
  and d.part_id = any(%s) and not d.id = any(%s)
order by d.need_date nulls last, d.priority, d.id
"""


class Offer:
    """A free supply or a short demand; ``left`` goes down as answers take of it."""

    __slots__ = ("id", "label", "left")

    def __init__(self, pk, left, label):
        self.id, self.left, self.label = pk, left, label


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
        return _by_place(rows(FREE, [list(parts), orders]))

    @cached_property
    def _short(self):
        parts = {supply.part_id for supply in self.tree.supplies.values()}
        return _by_place(rows(SHORT, [list(parts), list(self.tree.demands)]))


def _place(position):
    return position.part_id, position.warehouse_id


def _by_place(found):
    places = {}
    for pk, part, warehouse, left, label in found:
        places.setdefault((part, warehouse), []).append(Offer(pk, left, label))
    return places


def _taken(places, pk, wanted):
    offer = next(offer for offers in places.values() for offer in offers if offer.id == pk)
    taken = min(offer.left, wanted)
    offer.left -= taken
    return taken
