"""Alloy cost: a sub-row that says what the metal of its main row costs, beside the row's own price.

Its price is what one unit of the row holds of metal: net weight x alloy price per kg, and a share of the net price.
It follows its main row; one that somebody typed stays.
"""

from decimal import ROUND_HALF_UP, localcontext
from fractions import Fraction

from erp.exceptions import Refused
from erp.register.units import half_up
from linkage.operation import operation
from sales.models import Role, RowType, SalesOrderRow
from sales.money import DIGITS, price_step
from sales.operations.ordering import next_line
from sales.operations.taking import check_row_open, take_row
from sales.terms import terms_of
from sales.units import UnitsOfRows

NAME = "Alloy cost"


def alloy_rows(below):
    """Unsaved alloy costs of new main rows, (main row, its sub-rows) each, whose customers want them."""
    bare = [(main, rows) for main, rows in below if _may_have(main) and not any(row.role == Role.ALLOY for row in rows)]
    if not bare:
        return []
    wanting = customers_with_alloy_cost({main.order.document.partner_id for main, _rows in bare})
    found = [(main, rows) for main, rows in bare if main.order.document.partner_id in wanting]
    facts = {"units": UnitsOfRows([main.part for main, _rows in found]), "step": price_step()}
    return [alloy_row(main, line=len(rows) + 1, **facts) for main, rows in found]


def customers_with_alloy_cost(ids):
    """Those of the customers (ids) whose rows get their alloy cost by themselves."""
    return {customer for customer, term in terms_of(ids).items() if term.creates_alloy_cost}


def _may_have(row):
    return row.is_part and not row.parent_id and row.part.has_alloy_cost


def alloy_row(main, *, line, units, step):
    """The alloy cost of a main row, unsaved, in steps of its price; it is taxed and posted as that is."""
    return SalesOrderRow(
        order=main.order,
        parent=main,
        line=line,
        role=Role.ALLOY,
        row_type=RowType.ADDITIONAL,
        name=NAME,
        quantity=main.quantity,
        unit=main.unit,
        unit_price=price_of(main, units=units, step=step),
        delivery_date=main.delivery_date,
        warehouse_id=main.warehouse_id,
        vat_code_id=main.vat_code_id,
        sales_account_id=main.sales_account_id,
    )


def price_of(main, *, units, step):
    """What the metal in one unit of a row costs, in the order's currency, in steps of so much."""
    part = main.part
    with localcontext(prec=DIGITS):
        base = main.quantity * units.ratio(part=part, unit=main.unit).numerator
        base /= units.ratio(part=part, unit=main.unit).denominator
        metal = base * part.weight * part.alloy_price / main.quantity / main.order.exchange_rate
        share = main.unit_price * (100 - main.discount) / 100 * part.alloy_percent / 100
        return (metal + share).quantize(step, rounding=ROUND_HALF_UP)


def follow_alloy(row, *, times=Fraction(1), priced_anew=True):
    """The alloy cost below a changed row is that of ``times`` as many, at the price that they have now if it may.

    It may be of more than its row: a split leaves it whole where the customer does not get it by itself.
    """
    if not _may_have(row):
        return
    for alloy in row.sub_rows.filter(role=Role.ALLOY, closed_at=None):
        alloy.quantity = half_up(Fraction(alloy.quantity) * times)
        alloy.unit, alloy.delivery_date = row.unit, row.delivery_date
        if priced_anew and not alloy.price_locked:
            alloy.unit_price = price_of(row, units=UnitsOfRows([row.part]), step=price_step())
        alloy.save(update_fields=["quantity", "unit", "delivery_date", "unit_price"])


def follow_alloys(rows):
    """The alloy costs below rows that have another discount."""
    having = SalesOrderRow.objects.filter(parent__in=rows, role=Role.ALLOY, closed_at=None).values_list("parent")
    for row in SalesOrderRow.objects.for_list().filter(pk__in=having).order_by("pk"):
        follow_alloy(row)


def close_alloy(row, *, called_off=False):
    """The alloy cost is delivered, or called off, with its main row; and open again with it."""
    row.sub_rows.filter(role=Role.ALLOY).update(closed_at=row.closed_at, called_off=called_off)


def split_alloy(row, made):
    """The parts of a split row have its alloy cost where their customer's rows get it; else all of it stays.

    It costs what it did: a split changes no price.
    """
    found = row.sub_rows.filter(role=Role.ALLOY, closed_at=None).first()
    if found is None or not customers_with_alloy_cost([row.order.document.partner_id]):
        return
    parts = [Fraction(one.quantity) for one in (row, *made)]
    follow_alloy(row, times=parts[0] / sum(parts), priced_anew=False)
    facts = {"units": UnitsOfRows([row.part]), "step": price_step()}
    copies = [alloy_row(new, line=found.line, **facts) for new in made]
    for copy, part in zip(copies, parts[1:], strict=True):
        copy.quantity = half_up(Fraction(found.quantity) * part / sum(parts))
        copy.unit_price, copy.price_locked = found.unit_price, found.price_locked
        copy.discount, copy.discount_locked = found.discount, found.discount_locked
    SalesOrderRow.objects.bulk_create(copies)


@operation
def add_alloy_cost(*, row, by):
    """Put the alloy cost of a main row below it, whatever its customer gets by itself."""
    row = take_row(row)
    check_row_open(row)
    if not _may_have(row):
        raise Refused(f"{row} has no alloy cost: the register says none of {row.part or row.name}.")
    if row.sub_rows.filter(role=Role.ALLOY).exists():
        raise Refused(f"{row} has its alloy cost already.")
    made = alloy_row(row, line=next_line(row), units=UnitsOfRows([row.part]), step=price_step())
    made.save()
    return made
