"""Swaps that help somebody and harm nobody: noted by ``find_swaps``, accepted by people."""

from django.db import transaction

from erp.exceptions import Refused
from linkage.chains import ids_below
from linkage.dates import Slack
from linkage.models import OrderLink, SupplyKind, SwapProposal
from linkage.operation import operation
from linkage.operations.inserting import insert
from linkage.operations.swapping import check_swap, exchange, lock_links
from linkage.queries.proof import days_late, late_by


@operation
def note_swaps(*, swaps, by, part=None):
    """Put these swaps (``linkage.swapping.Swap``) on the worklist, in place of all before, or of those of a part."""
    old = SwapProposal.objects.filter(late_link__part=part) if part else SwapProposal.objects.all()
    old.delete()
    return insert(
        [
            SwapProposal(
                late_link_id=swap.late.link,
                early_link_id=swap.early.link,
                quantity=swap.quantity,
                days_before=swap.days_before,
                days_after=swap.days_after,
            )
            for swap in swaps
        ]
    )


@operation
def accept_swaps(*, proposals, by, refused=None, reason="", today=None):
    """Do proposed swaps, each only if it still helps one demand and makes nobody later; returns the new links.

    One that does not leaves its sentence in ``refused`` by proposal id; without such a dictionary, and when nothing
    is left to do, it raises Refused. Everything is locked in one call.
    """
    told = {} if refused is None else refused
    lock_links({pk for each in proposals for pk in (each.late_link_id, each.early_link_id)})
    made = []
    for proposal in proposals:
        try:
            with transaction.atomic():
                made += _swap_if_it_helps(proposal, by=by, reason=reason, today=today)
        except Refused as refusal:
            told[proposal.pk] = str(refusal)
    if told and (refused is None or not made):
        raise Refused(" ".join(list(told.values())[:5]))
    SwapProposal.objects.filter(pk__in=[each.pk for each in proposals]).delete()
    return made


def _swap_if_it_helps(proposal, *, by, reason, today):
    links = OrderLink.objects.with_ends().in_bulk([proposal.late_link_id, proposal.early_link_id])
    late, early = links[proposal.late_link_id], links[proposal.early_link_id]
    check_swap(late, early, proposal.quantity)
    _check_helps(late, early, today)
    asked = _who_may_feel_it(late, early)
    before = days_late(asked, today=today)
    made = exchange(late, early, proposal.quantity, by=by, reason=reason)
    after = days_late(asked, today=today)
    if any(after[pk] > before[pk] for pk in asked):
        raise Refused(f"The swap of {late.demand} and {early.demand} would make somebody later by now.")
    return made


def _check_helps(late, early, today):
    slack = Slack([late.warehouse_id], today=today)
    before, after = (late_by(slack.of(link.supply, late.demand, waiting=link.to_come > 0)) for link in (late, early))
    if after >= before:
        raise Refused(f"{late.demand} is not late by {late.supply} any more, or {early.supply} comes no earlier.")


def _who_may_feel_it(late, early):
    """The two demands, and every component below the two supplies: its order may be needed earlier."""
    made = [link.supply_id for link in (late, early) if link.supply.kind == SupplyKind.PRODUCTION]
    below = ids_below(made)[1] if made else []
    return sorted({late.demand_id, early.demand_id, *below})
