"""What making orders must know: what is free to take, what was made already, which numbers are free."""

from decimal import Decimal
from functools import partial

from django.db import connection
from django.db.models import Sum

from linkage.models import OPEN_STATUSES, Document, Provenance, Status, Supply
from linkage.models.positions import DocumentKind
from linkage.queries.sql import among

# The orders that the demands' own orders feed, at any distance: taking from them would close a circle.
ABOVE = """
with recursive above(supply_id) as (
  select unnest(%s::bigint[])
  union
  select d.for_supply_id from above a
    join linkage_orderlink l on l.supply_id = a.supply_id and l.open > 0
    join linkage_demand d on d.id = l.demand_id and d.for_supply_id is not null)
select supply_id from above
"""
SUFFIXES = range(2, 30)


def free_for(demands, *, parts, warehouses):
    """Stock and open orders of the parts that still have something free and are not made from the demands' orders."""
    found = Supply.objects.with_free().filter(part__in=parts, warehouse__in=warehouses)
    feeding = {demand.for_supply_id for demand in demands if demand.for_supply_id}
    return list(found.exclude(pk__in=_above(feeding)) if feeding else found)


def _above(supply_ids):
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [list(supply_ids)])
        return [pk for (pk,) in cursor.fetchall()]


def still_made_for(demand_ids):
    """{demand id: quantity} of open orders that were made for demands, linked or not."""
    open_or_suggested = [*OPEN_STATUSES, Status.SUGGESTED]
    made = Provenance.objects.filter(demand__in=demand_ids, supply__status__in=open_or_suggested)
    return dict(made.values_list("demand").annotate(made=Sum("quantity", default=Decimal(0))).order_by())


def untaken_numbers(wanted):
    """The wanted numbers in their order; one that is taken, here or before, gets -2, -3, ..."""
    offers = {number: [number, *(f"{number}-{suffix}" for suffix in SUFFIXES)] for number in wanted}
    asked = [offer for several in offers.values() for offer in several]
    documents = Document.objects.filter(kind=DocumentKind.PRODUCTION, number__in=asked)
    taken = set(documents.values_list("number", flat=True))
    found = []
    for number in wanted:
        # None: more than thirty orders from one row; the series takes over
        free = next((offer for offer in offers[number] if offer not in taken), None)
        taken.add(free)
        found.append(free)
    return found


def sizes_of(supply_ids):
    """{supply id: function(quantity) -> rounded up as the part's minimum and multiple say}, where it has any."""
    facts = "part__order_minimum", "part__order_multiple", "part__order_quantity", "part__lot_sizing"
    found = Supply.objects.filter(pk__in=among(supply_ids)).values_list("pk", *facts)
    return {
        pk: partial(_sized, minimum, order_quantity if lot_sizing == "FQ" else multiple)
        for pk, minimum, multiple, order_quantity, lot_sizing in found
        if minimum or multiple or order_quantity
    }


def _sized(minimum, multiple, quantity):
    quantity = max(quantity, minimum)
    over = quantity % multiple if multiple else 0
    return quantity + multiple - over if over else quantity
