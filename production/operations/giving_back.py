"""Scrap that is undone: what it took from whom is promised to them again, as far as they still need it and it is free.

Steps inside an operation that holds the locks. What a report cut is read from the history of its own transaction, so
kind and contract flag come back as they were.
"""

from dataclasses import dataclass
from decimal import Decimal

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.models import Demand, OrderLink, OrderLinkEvent, Supply, Tombstone
from linkage.operation import settle
from linkage.operations import link
from linkage.operations.undoing import who_has
from production.models import ReportEvent


@dataclass(frozen=True)
class Cut:
    """So much that a report took from a link, and what the link was."""

    link: OrderLink
    quantity: Decimal
    kind: str
    contract: bool


def demands_that_lost(report):
    """Who lost something with a report: locked together with its line."""
    return [loss.demand for loss in report.losses.select_related("demand")]


def give_back(report, line, *, by):
    """Link again what the scrap of a report cut, the earliest need first; sentences on what is left out and why."""
    cuts = sorted(_cuts(report, line), key=lambda cut: (cut.link.demand.need_date is None, cut.link.demand.need_date))
    return [sentence for cut in cuts if (sentence := _give_back(cut, line, by=by))]


def _cuts(report, line):
    told = ReportEvent.objects.filter(pgh_obj=report.pk, pgh_label="insert").first()
    if not report.scrapped or told is None or told.pgh_context_id is None:
        return
    of_line = OrderLinkEvent.objects.filter(supply=line.supply_id)
    then = {each.pgh_obj_id: each for each in of_line.filter(pgh_context=told.pgh_context_id).order_by("pgh_id")}
    links = OrderLink.objects.with_ends().in_bulk(then)
    for pk, event in then.items():
        before = of_line.filter(pgh_obj=pk, pgh_id__lt=event.pk).exclude(pgh_context=told.pgh_context_id)
        before = before.order_by("-pgh_id").first()
        if before and event.released > before.released:
            yield Cut(links[pk], event.released - before.released, before.kind, before.contract)


def _give_back(cut, line, *, by):
    demand, supply = Demand.objects.get(pk=cut.link.demand_id), Supply.objects.get(pk=line.supply_id)
    if Tombstone.objects.filter(supply=supply, demand=demand).exists():
        return f"{plain(cut.quantity)} are not promised to {demand} again: somebody disconnected them since."
    fits = min(cut.quantity, demand.uncovered, supply.free)
    if fits > 0:
        facts = {"kind": cut.kind, "contract": cut.contract, "reason": "scrap undone", "accept_warnings": True}
        try:
            link(demand=demand, supply=supply, quantity=fits, by=by, **facts)
            settle()  # the next cut reads what demand and supply have left
        except Refused as refusal:
            return f"{plain(cut.quantity)} are not promised to {demand} again: {refusal}"
    left = cut.quantity - max(fits, Decimal(0))
    if not left:
        return ""
    if demand.uncovered < cut.quantity and demand.uncovered <= supply.free:
        return f"{plain(left)} are not promised to {demand} again: it is covered otherwise or needs less now."
    return f"{plain(left)} are not promised to {demand} again.{who_has(supply)}"
