"""What a planner does with a link: make, change, disconnect, hand over.

Each operation locks what it reads, checks the rules (``linkage.checks``), then writes; when a rule says no it raises
``Refused`` and nothing has been written. The database guard checks the sums again at the settle.
"""

from erp.exceptions import Refused
from linkage.checks import NeedsConfirmation, check_linkable, check_no_circle, link_warnings
from linkage.dates import refresh_need_dates
from linkage.locks import lock_chain
from linkage.models import OrderLink, Provenance, SupplyKind, Tombstone
from linkage.models.links import LinkKind
from linkage.operation import operation, settle
from linkage.operations.inserting import insert
from linkage.operations.releasing import mark_orphans, release, unmark_orphans
from linkage.refusals import NotEnough

# As text: building it takes longer than running it, and every link asks.
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

    Tombstone.objects.filter(supply=supply, demand=demand).delete()
    new = OrderLink(supply=supply, demand=demand, quantity=quantity, kind=kind, contract=contract, reason=reason[:200])
    [made] = add_links([new], by=by)
    _promised(supply)
    return made


def _promised(supply):
    """A supply that got a promise is no orphan, and what it is made of may be needed on another day."""
    if supply.orphaned_at is not None:
        unmark_orphans([supply.pk])
    if supply.kind == SupplyKind.PRODUCTION:
        refresh_need_dates([supply.pk])


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
    row.reason = new.reason or row.reason
    row.save(update_fields=["quantity", "received", "stock", "contract", "reason"])
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
    link = _lock_link(link)
    if quantity <= 0:
        raise Refused("Enter a quantity above 0, or disconnect the link.")
    if link.open == 0:
        raise Refused(f"{link} is {link.status}: link the two again.")
    if quantity < link.open:
        return _disconnect(link, link.open - quantity, by=by, reason=reason)
    more = quantity - link.open
    if more:
        check_linkable(demand=link.demand, supply=link.supply, quantity=more)
        if not accept_warnings and (warnings := link_warnings(demand=link.demand, supply=link.supply)):
            raise NeedsConfirmation(warnings)
        new = OrderLink(supply=link.supply, demand=link.demand, quantity=more, kind=link.kind, reason=reason[:200])
        [link] = add_links([new], by=by)
    return link


@operation
def disconnect(*, link, by, quantity=None, reason=""):
    """End a link by hand, or part of it; both orders live on and what was released is free.

    What has been issued stays. The pair gets a tombstone, so that no automatic rule links it again.
    """
    link = _lock_link(link)
    quantity = link.open if quantity is None else quantity
    if quantity <= 0:
        raise Refused(f"Nothing of {link} is open: what was issued or delivered is never disconnected.")
    if quantity > link.open:
        raise NotEnough(link, wanted=quantity, left=link.open, of="open")
    return _disconnect(link, quantity, by=by, reason=reason)


def _disconnect(link, quantity, *, by, reason):
    link = release(link, quantity, reason=reason or "disconnected")
    Tombstone.objects.get_or_create(supply_id=link.supply_id, demand_id=link.demand_id, defaults={"created_by": by})
    settle()
    mark_orphans([link.supply_id])
    refresh_need_dates([link.supply_id])
    return link


def _lock_link(link):
    """The link with both ends, locked with the chain that its supply feeds on."""
    ends = OrderLink.objects.with_ends().get(pk=link.pk)
    locked, supply, demand, *_ = lock_chain(
        ends.supply, ends, ends.supply, ends.demand, *([ends.stock] if ends.stock else [])
    )
    locked.supply, locked.demand = supply, demand
    return locked


@operation
def hand_over(*, link, demand, by, quantity=None, reason=""):
    """Give a link's quantity, or part of it, to another demand of the same part and warehouse.

    The old link is released; the new one keeps supply and kind, takes over the received part and names the link it came
    from. A contract flag does not travel. What is to come goes before what lies on the shelf.
    """
    ends = OrderLink.objects.with_ends().get(pk=link.pk)
    stock = [ends.stock] if ends.stock else []
    old, supply, giver, taker, *_ = lock_chain(ends.supply, ends, ends.supply, ends.demand, demand, *stock)
    old.supply, old.demand = supply, giver
    quantity = old.open if quantity is None else quantity
    _check_hand_over(old, taker, quantity)

    from_shelf = max(quantity - old.to_come, 0)
    release(old, quantity, reason=reason or f"handed over to {taker}")
    new = OrderLink(
        supply=supply,
        demand=taker,
        quantity=quantity,
        kind=old.kind,
        handed_from=old,
        reason=reason[:200],
        stock=old.stock if from_shelf else None,
        received=from_shelf,
    )
    [made] = add_links([new], by=by)
    _promised(supply)
    return made


def _check_hand_over(old, taker, quantity):
    if taker.pk == old.demand_id:
        raise Refused(f"{old} already serves {taker}.")
    if quantity <= 0:
        raise Refused("Enter a quantity above 0.")
    if quantity > old.open:
        raise NotEnough(old, wanted=quantity, left=old.open, of="open")
    check_linkable(demand=taker, supply=old.supply, quantity=quantity, supply_side=False)
    check_no_circle(demand=taker, supply=old.supply)


@operation
def keep_as_stock(*, supply, by, reason=""):
    """Decide on an orphan: it stays as it is and leaves the worklist."""
    [supply] = lock_chain(supply, supply)
    if supply.orphaned_at is None:
        raise Refused(f"{supply} is no orphan.")
    unmark_orphans([supply.pk])
    supply.refresh_from_db()
    return supply
