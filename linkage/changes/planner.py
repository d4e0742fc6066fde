"""What becomes of every order of a chain when demands or supplies change. In memory: nothing here writes.

Demands first, then the supplies from the top down, each after all that it feeds: what a supply becomes decides what its
components need, and so on.
"""

from linkage.changes.case import Case
from linkage.changes.following import follow_components, follow_date, follow_freed, follow_priority
from linkage.changes.needs import change_need, relocate
from linkage.changes.revising import follow_revision, want_revision, want_revision_of_rows
from linkage.changes.supplies import change_supply
from linkage.changes.wants import KEEP


def plan_change(*, demands=(), supplies=(), tree, decisions, by):
    """The plan of these wants (DemandWant, SupplyWant), with the decisions taken so far. Raises Refused."""
    case = Case(tree, decisions, by)
    for want in demands:
        _demand(case, tree.demands[want.demand], want)
    wanted = {want.supply: want for want in supplies}
    for supply in tree.downwards():
        _supply(case, supply, wanted.get(supply.pk))
    return case.plan


def _demand(case, node, want):
    if want.need is not KEEP:
        node.new_need = want.need
    if want.priority is not None:
        node.new_priority = want.priority
    if want.revision is not KEEP or want.variant is not None:
        want_revision(case, node, want)
    if want.warehouse is not None and want.warehouse.pk != node.warehouse_id:
        relocate(case, node, want.warehouse)
    change_need(case, node, node.quantity if want.quantity is None else want.quantity, ends=want.is_cancelled)


def _supply(case, supply, want):
    if want is not None:
        change_supply(case, supply, want)
        if want.revision:
            want_revision_of_rows(case, supply)
    elif supply.freed > 0 and not supply.is_stock:
        follow_freed(case, supply)
    if want is None or want.due is KEEP:
        follow_date(case, supply)
    follow_priority(case, supply, anew=want is not None and want.priority)
    follow_revision(case, supply)
    if supply.components:
        follow_components(case, supply)
