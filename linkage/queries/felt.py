"""The rows at the top of chains that feel what changes below them, and how late they are by their whole chain."""

from typing import NamedTuple

from linkage.lateness import DATED
from linkage.queries.limits import standings
from linkage.queries.sql import rows

# Up to the rows that feel it: those whose order serves nobody further.
ABOVE = """
with recursive up(demand_id) as (
  (select unnest(%(demands)s::bigint[])
   union select demand_id from linkage_orderlink where supply_id = any(%(supplies)s) and to_come > 0)
  union
  select l.demand_id from up u join linkage_demand d on d.id = u.demand_id
    join linkage_orderlink l on l.supply_id = d.for_supply_id and l.to_come > 0)
select u.demand_id from up u join linkage_demand d on d.id = u.demand_id
where d.for_supply_id is null
  or not exists (select from linkage_orderlink l where l.supply_id = d.for_supply_id and l.to_come > 0)
order by u.demand_id
"""


class Late(NamedTuple):
    """Work days by which a row is late by the smallest slack of its chain; ``unsure``: something in it has no date."""

    days: int = 0
    unsure: bool = False

    def is_worse_than(self, other):
        return self.days > other.days or self.unsure > other.unsure


def late_as(slack, deciding_rank):
    """Late, of what ``lateness.pick`` found."""
    return Late(max(-slack, 0) if slack is not None else 0, deciding_rank is not None and deciding_rank < DATED)


def rows_above(demand_ids, supply_ids=()):
    """The ids of the rows that these demands, and whoever waits for these supplies, are there for in the end."""
    return [pk for (pk,) in rows(ABOVE, {"demands": list(demand_ids), "supplies": list(supply_ids)})]


def how_late(demand_ids, *, today):
    """{demand id: Late}, in a constant number of statements."""
    found = standings(list(demand_ids), today=today).of
    return {pk: late_as(each.slack, each.deciding and each.deciding.rank) for pk, each in found.items()}
