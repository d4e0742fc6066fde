"""Swaps that make a row less late and none later: noted by ``find_swaps``, accepted by people."""

from itertools import groupby

from django.db import transaction

from erp.exceptions import Refused
from linkage.chains import ids_below
from linkage.dates import business_date
from linkage.lateness import days
from linkage.models import Demand, OrderLink, SupplyKind, SwapProposal
from linkage.operation import operation
from linkage.operations.inserting import insert
from linkage.operations.swapping import check_swap, exchange, lock_links
from linkage.queries.felt import how_late, rows_above


class NotAlone(Refused):
    """A swap that helps only together with others that are proposed for its row."""


@operation
def note_swaps(*, swaps, by, part=None):
    """Put these swaps (``harmless.Improvement``) on the worklist, in place of all before, or of those of a part."""
    old = SwapProposal.objects.filter(late_link__part=part) if part else SwapProposal.objects.all()
    old.delete()
    return insert(
        [
            SwapProposal(
                late_link_id=each.swap.late.link,
                early_link_id=each.swap.early.link,
                quantity=each.swap.quantity,
                row_id=each.row,
                days_before=each.days_before,
                days_after=each.days_after,
            )
            for each in swaps
        ]
    )


@operation
def accept_swaps(*, proposals, by, refused=None, reason="", today=None):
    """Do proposed swaps, those for a row together, if they make it less late and none later; returns the new links.

    Those that do not leave their sentence in ``refused`` by proposal id; without such a dictionary, and when nothing
    is left to do, it raises Refused. What is done or helps nobody any more leaves the worklist; what helps together
    with others stays on it. Everything is locked in one call.
    """
    told, made, stay = {} if refused is None else refused, [], set()
    lock_links({pk for each in proposals for pk in (each.late_link_id, each.early_link_id)})
    for _row, for_row in groupby(sorted(proposals, key=lambda each: (each.row_id, each.pk)), lambda each: each.row_id):
        group = list(for_row)
        try:
            with transaction.atomic():
                made += _swap_if_it_helps(group, by=by, reason=reason, today=today or business_date())
        except Refused as refusal:
            told |= dict.fromkeys((each.pk for each in group), str(refusal))
            stay |= {each.pk for each in group if isinstance(refusal, NotAlone)}
    if told and (refused is None or not made):
        raise Refused(" ".join(dict.fromkeys(list(told.values())[:5])))
    SwapProposal.objects.filter(pk__in={each.pk for each in proposals} - stay).delete()
    return made


def _swap_if_it_helps(group, *, by, reason, today):
    """Do the swaps for one row; raise Refused when it gains nothing or another row loses."""
    row = group[0].row_id
    links = OrderLink.objects.with_ends().in_bulk(
        pk for each in group for pk in (each.late_link_id, each.early_link_id)
    )
    asked = sorted({row, *_rows_that_feel_it(links.values())})
    before, made = how_late(asked, today=today), []
    for proposal in group:
        fresh = OrderLink.objects.with_ends().in_bulk([proposal.late_link_id, proposal.early_link_id])
        late, early = fresh[proposal.late_link_id], fresh[proposal.early_link_id]
        check_swap(late, early, proposal.quantity)
        made += exchange(late, early, proposal.quantity, by=by, reason=reason)
    after = how_late(asked, today=today)
    _check_nobody_later(asked, before, after)
    _check_less_late(group, before[row].days, after[row].days)
    return made


def _rows_that_feel_it(links):
    """The rows above the demands, and above whatever is needed earlier or later below the supplies."""
    made = [link.supply_id for link in links if link.supply.kind == SupplyKind.PRODUCTION]
    return rows_above({link.demand_id for link in links}, ids_below(made)[0] if made else [])


def _check_nobody_later(asked, before, after):
    if (worse := next((pk for pk in asked if after[pk].is_worse_than(before[pk])), None)) is None:
        return
    row = Demand.objects.for_list().get(pk=worse)
    if after[worse].days > before[worse].days:
        raise Refused(f"{row} would be late by {days(after[worse].days)} instead of {before[worse].days} by now.")
    raise Refused(f"{row} would wait for goods without a date, or that nobody has ordered, by now.")


def _check_less_late(group, before, after):
    if after < before:
        return
    row = Demand.objects.for_list().get(pk=group[0].row_id)
    if not before:
        raise Refused(f"{row} is not late any more.")
    others = SwapProposal.objects.filter(row=row).exclude(pk__in=[each.pk for each in group]).count()
    still = f"{row} would still be late by {days(after)}, it is late by {days(before)} now."
    if not others:
        raise Refused(still)
    more = "1 more swap is" if others == 1 else f"{others} more swaps are"
    raise NotAlone(f"{still} {more} proposed for it: accept them together.")
