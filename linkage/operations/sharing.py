"""Who gets how much of what arrives: bound links first, inside a kind as the setting *Goods that arrive* says."""

from datetime import date
from decimal import ROUND_DOWN, Decimal

from erp.register.settings_registry import get


def plan_shares(links, quantity, *, unit, policy=None):
    """{link: share} of ``quantity`` that arrives; ``unit`` (the part's) says how finely equal shares may be cut.

    ``policy``: need-date, priority or equal; without one the setting says.
    """
    way = policy or get("receipt_distribution")
    order = _by_priority if way == "priority" else _by_need
    share_out = _equally if way == "equal" else _one_after_another
    shares = {}
    for is_bound in (True, False):
        waiting = sorted((link for link in links if (link.kind == "bound") is is_bound), key=order)
        shares |= share_out(waiting, quantity - sum(shares.values()), unit)
    return shares


def _by_need(link):
    return link.demand.need_date or date.max, link.demand.priority, link.demand_id


def _by_priority(link):
    need, priority, row = _by_need(link)
    return priority, need, row


def _one_after_another(links, quantity, _unit):
    shares = {}
    for link in links:
        if (share := min(quantity, link.to_come)) > 0:
            shares[link] = share
            quantity -= share
    return shares


def _equally(links, quantity, unit):
    """As much for each; what one does not need the others get, and who needs most gets what rounding leaves."""
    step, shares = Decimal(1).scaleb(-unit.decimals), {}
    waiting = sorted(links, key=lambda link: link.to_come)
    for number, link in enumerate(waiting):
        left = len(waiting) - number
        most = quantity if left == 1 else (quantity / left).quantize(step, rounding=ROUND_DOWN)
        if (share := min(most, link.to_come)) > 0:
            shares[link] = share
            quantity -= share
    return shares
