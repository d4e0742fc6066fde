"""Many links at once: what a person chose from the suggestions or on the bench, in one operation."""

from collections import defaultdict
from decimal import Decimal
from itertools import chain

from linkage.checks import NeedsConfirmation, check_pairs, warnings_of
from linkage.locks import lock_chain
from linkage.models import OrderLink, Tombstone
from linkage.models.links import LinkKind
from linkage.operation import operation
from linkage.operations.links import add_links, promised


@operation
def link_pairs(*, pairs, by, reason="", accept_warnings=False, rule=""):
    """Promise many quantities (base unit) at once, all or none: (demand, supply, quantity) each; returns the links.

    Raises what ``link`` raises, with the figures that earlier pairs of the list leave. ``rule`` names what proposed
    them; empty = a person chose each.
    """
    wanted = defaultdict(Decimal)
    for demand, supply, quantity in pairs:
        wanted[demand, supply] += quantity
    demands, supplies = list({pair[0] for pair in wanted}), list({pair[1] for pair in wanted})
    fresh = lock_chain(supplies, *demands, *supplies)
    now = dict(zip([*demands, *supplies], fresh, strict=True))
    checked = [(now[demand], now[supply], quantity) for (demand, supply), quantity in wanted.items()]
    check_pairs(checked)
    if not accept_warnings and (warnings := [*chain(*warnings_of([pair[:2] for pair in checked]))]):
        raise NeedsConfirmation(warnings)

    _bury_no_more(checked)
    facts = {"kind": LinkKind.CLAIMED, "rule": rule, "reason": reason[:200]}
    links = [
        OrderLink(demand=demand, supply=supply, quantity=quantity, **facts) for demand, supply, quantity in checked
    ]
    made = add_links(links, by=by)
    promised(*fresh[len(demands) :])
    return made


def _bury_no_more(pairs):
    """A person links these pairs, so their tombstones go."""
    chosen = {(supply.pk, demand.pk) for demand, supply, _quantity in pairs}
    found = Tombstone.objects.filter(
        supply__in={supply for supply, _ in chosen}, demand__in={demand for _, demand in chosen}
    )
    gone = [pk for pk, *pair in found.values_list("pk", "supply_id", "demand_id") if tuple(pair) in chosen]
    if gone:
        Tombstone.objects.filter(pk__in=gone).delete()
