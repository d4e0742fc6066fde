"""Many purchase orders at once: the same drafts as ``create_order`` and ``add_row`` make, in a dozen statements."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from erp.exceptions import Refused
from erp.register.calendar import work_days
from erp.register.models import Part, Partner, PartType, Unit, Warehouse
from erp.register.units import Conversions, check_fits
from linkage.models import Status, Supply, SupplyKind
from linkage.models.positions import DocumentKind
from linkage.operation import operation
from linkage.operations import add_supplies, open_documents
from linkage.operations.inserting import insert
from purchasing.arithmetic import first_delivery_date
from purchasing.fitting import misfit_in, off_day
from purchasing.models import PurchaseOrder, PurchaseOrderRow, PurchaseOrderType, SupplierTerm, order_type_of
from purchasing.operations.ordering import STEP, facts_of_term
from purchasing.operations.repricing import priced


@dataclass(kw_only=True)
class NewRow:
    """A row to be made; what is None comes from the supplier's terms, as in ``add_row``."""

    part: Part
    quantity: Decimal
    warehouse: Warehouse
    unit: Unit | None = None
    price: Decimal | None = None
    discount: Decimal | None = None
    due_date: date | None = None
    goods_label: str = ""


@dataclass(kw_only=True)
class NewOrder:
    """A draft to be made, with its rows."""

    supplier: Partner
    ordered_on: date
    order_type: PurchaseOrderType | None = None
    goods_label: str = ""
    note: str = ""
    rows: list = field(default_factory=list)

    @property
    def company(self):
        return self.rows[0].warehouse.company


class Terms:
    """Terms, conversions and work days for many rows, in a fixed number of queries."""

    def __init__(self, rows):
        parts, suppliers = {part.pk: part for part, _ in rows}, {supplier.pk for _, supplier in rows}
        found = SupplierTerm.objects.for_list().with_prices().filter(part__in=parts, supplier__in=suppliers)
        self._terms = {(term.part_id, term.supplier_id): term for term in found}
        self._conversions = Conversions(parts.values())
        self._days = {}

    def of(self, part, supplier):
        return self._terms.get((part.pk, supplier.pk))

    def base(self, row, unit):
        check_fits(unit, row.quantity)
        return self._conversions.to_base(part=row.part, quantity=row.quantity, unit=unit)

    def first_delivery(self, term, row, ordered_on):
        company = row.warehouse.company
        if company.pk not in self._days:
            self._days[company.pk] = work_days(company.calendar)
        return first_delivery_date(ordered_on=ordered_on, term=term, days=self._days[company.pk])

    def supply(self, row, order):
        """The supply that a row would own, without its document; refused with the rule that it breaks."""
        if row.part.part_type == PartType.FICTITIOUS:
            raise Refused(f"{row.part} is fictitious and never bought.")
        if row.quantity <= 0:
            raise Refused("Enter a quantity above 0.")
        term = self.of(row.part, order.supplier)
        due_date = row.due_date
        if due_date is None and term:
            due_date = self.first_delivery(term, row, order.ordered_on)
        return Supply(
            kind=SupplyKind.PURCHASE,
            part=row.part,
            warehouse=row.warehouse,
            quantity=self.base(row, self.unit(row, order)),
            due_date=due_date,
            lead_time=term.lead_time if term else row.part.lead_time,
            status=Status.PLANNED,
            over_tolerance=term.over_tolerance if term else 0,
        )

    def price(self, row, order):
        """{price, discount, price_by_hand}: what the row says, else what the terms ask for its quantity today."""
        term, unit = self.of(row.part, order.supplier), self.unit(row, order)
        facts = {"price": row.price, "discount": row.discount, "conversions": self._conversions}
        return priced(term=term, unit=unit, quantity=row.quantity, **facts)

    def misfit(self, row, order):
        """What the terms have against the quantity of a row, in words; empty if nothing."""
        term = self.of(row.part, order.supplier)
        facts = {"term": term, "quantity": row.quantity, "conversions": self._conversions}
        return misfit_in(self.unit(row, order), **facts) if term else ""

    def off_day(self, row, order):
        """What the terms have against the date that a row names, in words; empty if nothing."""
        term = self.of(row.part, order.supplier)
        return off_day(term, row.due_date) if term and row.due_date else ""

    def unit(self, row, order):
        term = self.of(row.part, order.supplier)
        return row.unit or (term.unit if term else row.part.unit)


@operation
def create_orders(*, orders, by, reason=""):
    """Make drafts with their rows; returns the orders as given. One settle, whatever their number."""
    terms = Terms([(row.part, order.supplier) for order in orders for row in order.rows])
    supplies = [[terms.supply(row, order) for row in order.rows] for order in orders]
    _check(orders)

    made = _headers(orders, by=by)
    _rows(orders, made, supplies, terms)
    return made


def _check(orders):
    for order in orders:
        if not (order.supplier.is_supplier and order.supplier.is_active):
            raise Refused(f"{order.supplier} is not an active supplier.")
        if len({row.warehouse.company_id for row in order.rows}) != 1:
            raise Refused(f"The rows of an order to {order.supplier} must go to warehouses of one company.")


def _headers(orders, *, by):
    documents = {}
    companies = {order.company.pk: order.company for order in orders}
    for company in companies.values():
        mine = [place for place, order in enumerate(orders) if order.company.pk == company.pk]
        headers = [(orders[place].ordered_on, orders[place].supplier, None) for place in mine]
        opened = open_documents(company=company, kind=DocumentKind.PURCHASE, headers=headers)
        documents |= dict(zip(mine, opened, strict=True))
    usual = order_type_of(by)
    return insert(
        [
            PurchaseOrder(
                document=documents[place],
                currency=order.supplier.currency,
                buyer=by,
                order_type=order.order_type or usual,
                goods_label=order.goods_label,
                note=order.note,
            )
            for place, order in enumerate(orders)
        ]
    )


def _rows(orders, made, supplies, terms):
    rows, all_supplies = [], []
    for order, header, mine in zip(orders, made, supplies, strict=True):
        for place, (row, supply) in enumerate(zip(order.rows, mine, strict=True), start=1):
            supply.document, supply.position = header.document, place * STEP
            all_supplies.append(supply)
            rows.append(_row(row, order, header, supply, terms))
    for row, supply in zip(rows, add_supplies(all_supplies), strict=True):
        row.supply = supply
    insert(rows)


def _row(row, order, header, supply, terms):
    term = terms.of(row.part, order.supplier)
    facts = facts_of_term(term) if term else {}
    facts |= {"unit": terms.unit(row, order), "goods_label": row.goods_label or order.goods_label}
    facts |= terms.price(row, order)
    return PurchaseOrderRow(
        order=header,
        position=supply.position,
        quantity=row.quantity,
        wanted_on=supply.due_date,
        **facts,
    )
