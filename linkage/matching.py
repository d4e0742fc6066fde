"""Uncovered demands matched with free supplies: two ordered streams, merged per part and warehouse. No database."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from linkage.models import Demand, Supply


class Promise(NamedTuple):
    """So much of a supply for a demand, as a rule, a suggestion or a person would link it."""

    supply: Supply
    demand: Demand
    quantity: Decimal


def match(demands, supplies, *, suits=None):
    """The promises: each demand in order takes what is free of the first supplies that suit it.

    ``suits(supply, demand)`` says no to a pair; None lets all of the part and warehouse suit.
    """
    pools = defaultdict(list)
    for supply in supplies:
        pools[supply.part_id, supply.warehouse_id].append([supply, supply.free])
    promises = []
    for demand in demands:
        if pool := pools.get((demand.part_id, demand.warehouse_id)):
            _serve(demand, pool, suits, promises)
    return promises


def _serve(demand, pool, suits, promises):
    wanted = demand.uncovered
    for slot in pool:
        supply, left = slot
        if suits and not suits(supply, demand):
            continue
        take = min(wanted, left)
        if take > 0:
            promises.append(Promise(supply, demand, take))
            slot[1] -= take
            wanted -= take
        if not wanted:
            break
    while pool and not pool[0][1]:
        pool.pop(0)
