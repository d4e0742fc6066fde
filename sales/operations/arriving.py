"""Goods that another company of ours delivered for a row arrive: they lie in stock here, promised to the row.

Until that is reported they are under way: nobody is short for them, and no other row is served by them.
"""

from fractions import Fraction

from django.db.models import F

from erp.exceptions import Refused
from erp.register.units import half_up, plain
from linkage.dates import business_date
from linkage.models import Elsewhere, OrderLink
from linkage.models.links import LinkKind
from linkage.operation import operation, settle
from linkage.operations import adjust_stock
from linkage.operations.links import add_links
from linkage.operations.stock import balance_of
from sales.models import SalesOrderRow
from sales.operations.structures import kit_rows, take_with_parts
from sales.operations.taking import check_row_open

RULE = "transfer"  # the view of what is under way counts links of it (sales/sql/elsewhere_arrived.sql)


@operation
def receive_transferred(*, row, quantity, by, effective_on=None, reason=""):
    """Report that so much of a transferred row (in its unit) has come; of a fictitious part so much of each part.

    It is put on stock in the warehouse of the row and promised to it at once. Refused where the row is not transferred,
    and for more than the other company has delivered and nobody has reported yet.
    """
    parts = kit_rows(row)
    shelves = {one.pk: balance_of(one.part, one.warehouse) for one in (parts or [row]) if one.demand_id}
    row, parts = take_with_parts(row, also=list(shelves.values()))
    check_row_open(row)
    if quantity <= 0:
        raise Refused("Enter a quantity above 0.")
    exact = _exact_under_way([row])[row.pk]
    if quantity > (under_way := half_up(exact)):
        raise Refused(f"{plain(under_way)} {row.unit} of {row} are under way; {plain(quantity)} cannot have come.")
    there = SalesOrderRow.objects.for_list().get(transferred_from__row=row)
    why = reason or f"{there} of {there.order.document.company} has come"
    share = Fraction(1) if quantity == under_way else Fraction(quantity) / exact
    wanted = _wanted([one for one in (parts or [row]) if one.pk in shelves], shelves, share)
    facts = {"effective_on": effective_on or business_date(), "reason": why[:200], "by": by}
    for demand, _shelf, came in wanted:
        adjust_stock(part=demand.part, warehouse=demand.warehouse, quantity=came, **facts)
    settle()
    facts = {"kind": LinkKind.BOUND, "rule": RULE, "reason": why[:200]}
    add_links([OrderLink(demand=demand, supply=shelf, quantity=came, **facts) for demand, shelf, came in wanted], by=by)
    return row


@operation
def take_back_transferred(*, row, quantity, by, serials="", effective_on=None, reason=""):
    """Take back that so much of a transferred row (in its unit) has come; it is under way again.

    Refused for more than lies in stock for the row by such reports: what was delivered or given away since has come.
    ``serials`` names the pieces that leave, where some there have a number.
    """
    parts = kit_rows(row)
    shelves = [balance_of(one.part, one.warehouse) for one in (parts or [row]) if one.demand_id]
    row, parts = take_with_parts(row, also=shelves)
    check_row_open(row)
    if quantity <= 0:
        raise Refused("Enter a quantity above 0.")
    exact = _exact_arrived([row])[row.pk]
    if quantity > (arrived := half_up(exact)):
        words = f"{plain(arrived)} {row.unit} that have come lie in stock for {row}"
        raise Refused(f"{words}; {plain(quantity)} cannot be taken back.")
    share = Fraction(1) if quantity == arrived else Fraction(quantity) / exact
    why = (reason or f"it was reported for {row} and has not come")[:200]

    shares = [(link, half_up(Fraction(link.on_shelf) * share)) for link in _arrived(parts or [row])]
    taken = [(link, back) for link, back in shares if back]
    for link, back in taken:
        _narrow(link, back, reason=why)
    settle()
    facts = {"effective_on": effective_on or business_date(), "serials": serials, "reason": why, "by": by}
    for link, back in taken:
        adjust_stock(part=link.demand.part, warehouse=link.demand.warehouse, quantity=-back, **facts)
    return row


def _narrow(link, back, *, reason):
    """As if so much of it had never come. A link is never deleted: one of which nothing is left is no arrival."""
    link.received -= back
    if link.quantity > back:
        link.quantity -= back
    else:
        link.released, link.rule = link.quantity, ""
    link.reason = reason
    link.save(update_fields=["quantity", "received", "released", "rule", "reason"])


def _arrived(rows):
    """The links of what has come for the rows and lies in stock for them."""
    found = OrderLink.objects.open().filter(demand__in=[row.demand_id for row in rows if row.demand_id], rule=RULE)
    return list(found.filter(on_shelf__gt=0, stock=F("supply")).with_ends().order_by("pk"))


def arrived_of(rows):
    """{row id: how much of it, in its unit, was reported as arrived and lies in stock for it}."""
    return {pk: half_up(exact) for pk, exact in _exact_arrived(rows).items()}


def _exact_arrived(rows):
    mine = {row.pk: [row] if row.demand_id else kit_rows(row) for row in rows}
    here = {}
    for link in _arrived([one for several in mine.values() for one in several]):
        here[link.demand_id] = here.get(link.demand_id, 0) + link.on_shelf
    return {row.pk: _largest_share(row, mine[row.pk], here) for row in rows}


def _largest_share(row, own, figures):
    """So much of a row, as a fraction, as the figures of its demands (in base units) come to."""
    own = [one for one in own if one.demand_id]
    shares = [Fraction(figures.get(one.demand_id, 0)) / Fraction(one.demand.quantity) for one in own]
    return Fraction(row.quantity) * max(shares, default=Fraction(0))


def _wanted(rows, shelves, share):
    """[(demand, balance, quantity)]: the share of what is under way of each row, in base units."""
    found = dict(_under_way().filter(demand__in=[row.demand_id for row in rows]).values_list("demand", "left_there"))
    wanted = []
    for row in rows:
        came = half_up(Fraction(found.get(row.demand_id, 0)) * share)
        if came:
            wanted.append((row.demand, shelves[row.pk], came))
    return wanted


def under_way_of(rows):
    """{row id: how much of it, in its unit, the other company has delivered and nobody has reported as arrived}.

    Of a fictitious part the largest share that any of its parts has under way.
    """
    return {pk: half_up(exact) for pk, exact in _exact_under_way(rows).items()}


def _exact_under_way(rows):
    """The same as fractions: a share taken of a rounded figure comes to pieces that nobody can have."""
    mine = {row.pk: [row] if row.demand_id else kit_rows(row) for row in rows}
    demands = [one.demand_id for several in mine.values() for one in several if one.demand_id]
    left = dict(_under_way().filter(demand__in=demands).values_list("demand", "left_there")) if demands else {}
    return {row.pk: _largest_share(row, mine[row.pk], left) for row in rows}


def _under_way():
    return Elsewhere.objects.annotate(left_there=F("quantity") - F("to_come")).filter(left_there__gt=0)
