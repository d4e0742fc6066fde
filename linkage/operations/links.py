"""What a planner does with a link: make it, change it, keep what became an orphan.

Each operation locks what it reads, checks the rules (``linkage.checks``), then writes; when a rule says no it raises
``Refused`` and nothing has been written. The database guard checks the sums again at the settle.
"""

from django.db import connection

from erp.exceptions import Refused
from linkage.checks import NeedsConfirmation, check_linkable, check_no_circle, link_warnings
from linkage.dates import refresh_need_dates
from linkage.locks import lock_chain, lock_link
from linkage.models import OrderLink, Provenance, SupplyKind
from linkage.models.links import LinkKind
from linkage.operation import operation
from linkage.operations.inserting import insert
from linkage.operations.releasing import let_go, unmark_orphans

# As text: building them takes longer than running them, and every link asks.
FORGET = "delete from linkage_tombstone where supply_id = %s and demand_id = %s"
OPEN_BETWEEN = "select * from linkage_orderlink where supply_id = any(%s) and demand_id = any(%s) and open > 0"


@operation
def link(*, demand, supply, quantity, by, reason="", accept_warnings=False, kind=LinkKind.CLAIMED, contract=False):
    """Promise ``quantity`` (base unit) of ``supply`` to ``demand``.

    A pair that is linked already keeps its one link, with the quantity added. Raises NotEnough with the figures,
    NeedsConfirmation with the warnings unless ``accept_warnings``, Refused for another part, warehouse or a circle.
    """
    demand, supply = lock_chain(supply, demand, supply)
    check_linkable(demand=demand, supply=supply, quantity=quantity)
    check_no_circle(demand=demand, supply=supply)
    if not accept_warnings and (warnings := link_warnings(demand=demand, supply=supply)):
        raise NeedsConfirmation(warnings)

    with connection.cursor() as cursor:
        cursor.execute(FORGET, [supply.pk, demand.pk])
    new = OrderLink(supply=supply, demand=demand, quantity=quantity, kind=kind, contract=contract, reason=reason[:200])
    [made] = add_links([new], by=by)
    promised(supply)
    return made


def promised(*supplies):
    """A supply that got a promise is no orphan, and what it is made of may be needed on another day."""
    if orphans := [supply.pk for supply in supplies if supply.orphaned_at is not None]:
        unmark_orphans(orphans)
    if made := [supply.pk for supply in supplies if supply.kind == SupplyKind.PRODUCTION]:
        refresh_need_dates(made)


def add_links(links, *, by):
    """Insert unsaved links in bulk; an open link of the same pair and kind gets the quantity added instead.

    A step for operations that hold the locks. Links from stock get their shelf filled in (stock, received).
    """
    for new in links:
        new.part_id, new.warehouse_id = new.demand.part_id, new.demand.warehouse_id
        new.created_by = by
        if new.supply.kind == SupplyKind.STOCK:
            new.stock, new.received = new.supply, new.quantity
    existing = _open_pairs(links)
    fresh = [new for new in links if _pair(new) not in existing]
    insert(fresh)
    widened = [_widen(existing[_pair(new)], new) for new in links if _pair(new) in existing]
    return fresh + widened


def _pair(row):
    return row.supply_id, row.demand_id, row.kind


def _open_pairs(links):
    ends = [list({new.supply_id for new in links}), list({new.demand_id for new in links})]
    return {_pair(row): row for row in OrderLink.objects.raw(OPEN_BETWEEN, ends)}


def _widen(row, new):
    row.quantity += new.quantity
    row.received += new.received
    row.stock_id = row.stock_id or new.stock_id
    row.contract = row.contract or new.contract
    row.reason, row.rule = new.reason or row.reason, new.rule or row.rule
    row.save(update_fields=["quantity", "received", "stock", "contract", "reason", "rule"])
    row.refresh_from_db()
    return row


def add_provenance(made_for):
    """Note what supplies were made for: (supply, demand, quantity) each; a step inside an operation."""
    return insert(
        [Provenance(supply=supply, demand=demand, quantity=quantity) for supply, demand, quantity in made_for]
    )


@operation
def change_link(*, link, quantity, by, reason="", accept_warnings=False):
    """Set the open quantity of a link: more is taken from the supply's free quantity, less is disconnected.

    More is linking: it raises NeedsConfirmation with the warnings unless ``accept_warnings``.
    """
    link, _ = lock_link(link)
    if quantity <= 0:
        raise Refused("Enter a quantity above 0, or disconnect the link.")
    if link.open == 0:
        raise Refused(f"{link} is {link.status}: link the two again.")
    if quantity < link.open:
        return let_go(link, link.open - quantity, by=by, reason=reason)
    more = quantity - link.open
    if more:
        check_linkable(demand=link.demand, supply=link.supply, quantity=more)
        if not accept_warnings and (warnings := link_warnings(demand=link.demand, supply=link.supply)):
            raise NeedsConfirmation(warnings)
        new = OrderLink(supply=link.supply, demand=link.demand, quantity=more, kind=link.kind, reason=reason[:200])
        [link] = add_links([new], by=by)
    return link


@operation
def keep_as_stock(*, supply, by, reason=""):
    """Decide on an orphan: it stays as it is and leaves the worklist."""
    [supply] = lock_chain(supply, supply)
    if supply.orphaned_at is None:
        raise Refused(f"{supply} is no orphan.")
    unmark_orphans([supply.pk])
    supply.refresh_from_db()
    return supply


@operation
def keep_all_as_stock(*, supplies, by, reason=""):
    """Decide on many orphans at once: they stay as they are. What is no orphan any more is left alone."""
    found = [supply for supply in lock_chain(list(supplies), *supplies) if supply.orphaned_at is not None]
    if not found:
        raise Refused("None of these is an orphan any more.")
    unmark_orphans([supply.pk for supply in found])
    return found
