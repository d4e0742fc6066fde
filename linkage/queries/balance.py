"""A part's stock: the figures per warehouse and the projected balance in date order."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from erp.register.fields import QuantityField
from erp.register.models import Warehouse
from linkage.dates import work_days_of
from linkage.models import Demand, DemandKind, Supply, SupplyKind

ZERO = Decimal(0)
MOST = 500
# What another company of ours makes of a demand is not taken from stock here before it has come.
OPEN_DEMAND = F("uncovered") + F("allocated") - Coalesce(F("elsewhere__quantity"), ZERO, output_field=QuantityField())
OPEN_SUPPLY = F("free") + F("allocated")
USED_NOW = {DemandKind.COMPONENT, DemandKind.SALES}


@dataclass(frozen=True)
class Figures:
    """The stock figures of a part in one warehouse (None: in all of them)."""

    warehouse: Warehouse | None
    balance_id: int | None
    on_hand: Decimal = ZERO
    reserved: Decimal = ZERO
    demands: Decimal = ZERO
    demands_by: Decimal = ZERO
    used: Decimal = ZERO
    supplies: Decimal = ZERO
    supplies_by: Decimal = ZERO

    @property
    def free(self):
        return self.on_hand - self.reserved

    @property
    def at_date(self):
        """Disposable at a date: on hand less the open demands up to it plus the open supply up to it."""
        return self.on_hand - self.demands_by + self.supplies_by

    @property
    def after_reservations(self):
        return self.on_hand - self.demands

    @property
    def after_reservations_and_orders(self):
        return self.on_hand - self.demands + self.supplies

    @property
    def available(self):
        """On hand less the open demands of components and sales rows."""
        return self.on_hand - self.used

    def disposable(self, mode):
        """The figure that the setting *Disposable balance* (``mode``) calls disposable."""
        return getattr(self, DISPOSABLE[mode])


DISPOSABLE = {
    "at-date": "at_date",
    "reservations": "after_reservations",
    "reservations-and-orders": "after_reservations_and_orders",
}
SUMS = ("on_hand", "reserved", "demands", "demands_by", "used", "supplies", "supplies_by")


def figures_of(part, *, on):
    """(Figures per warehouse, their total) of a part; ``on`` is the date of the disposable balance."""
    found = {}
    for row in _demand_sums(part, on) | _supply_sums(part, on):
        facts = dict(row)
        found.setdefault(facts.pop("warehouse"), {}).update(facts)
    warehouses = Warehouse.objects.in_bulk(found)
    per_warehouse = [
        Figures(warehouses[pk], **{"balance_id": None, **facts})
        for pk, facts in sorted(found.items(), key=lambda item: warehouses[item[0]].code)
    ]
    total = {name: sum((getattr(row, name) for row in per_warehouse), ZERO) for name in SUMS}
    return per_warehouse, Figures(None, None, **total)


def _sum(expression, **only):
    return Coalesce(Sum(expression, filter=Q(**only)), ZERO)


def _frozen(rows):
    return {tuple(sorted(row.items())) for row in rows}


def _demand_sums(part, on):
    rows = Demand.objects.open().filter(part=part).exclude(kind=DemandKind.FORECAST).order_by().values("warehouse")
    return _frozen(
        rows.annotate(
            demands=_sum(OPEN_DEMAND),
            demands_by=_sum(OPEN_DEMAND, need_date__lte=on),
            used=_sum(OPEN_DEMAND, kind__in=USED_NOW),
        )
    )


def _supply_sums(part, on):
    orders = {"kind__in": [SupplyKind.PRODUCTION, SupplyKind.PURCHASE]}
    rows = Supply.objects.open().filter(part=part).order_by().values("warehouse")
    stock = {"filter": Q(kind=SupplyKind.STOCK)}
    return _frozen(
        rows.annotate(
            on_hand=Coalesce(Sum("quantity", **stock), ZERO),
            reserved=Coalesce(Sum("allocated", **stock), ZERO),
            balance_id=Sum("id", **stock),
            supplies=_sum(OPEN_SUPPLY, **orders),
            supplies_by=_sum(OPEN_SUPPLY, due_date__lte=on, **orders),
        )
    )


def balances_of(asked, *, mode):
    """{key: (on hand, disposable)} of ``asked`` = {key: (part id, warehouse id, date)}, in two statements.

    ``mode`` is that of the setting *Disposable balance*; at a date that is None nothing is disposable: None.
    """
    parts, warehouses = {part for part, _w, _on in asked.values()}, {warehouse for _p, warehouse, _on in asked.values()}
    places = {"part__in": parts, "warehouse__in": warehouses}
    on_hand, supplies, demands = defaultdict(Decimal), defaultdict(list), defaultdict(list)
    for part, warehouse, kind, due, quantity in _by_day(Supply.objects.open().filter(**places), "kind", "due_date"):
        if kind == SupplyKind.STOCK:
            on_hand[part, warehouse] += quantity
        else:
            supplies[part, warehouse].append((due, quantity))
    needs = Demand.objects.open().filter(**places).exclude(kind=DemandKind.FORECAST)
    for part, warehouse, need, quantity in _by_day(needs, "need_date"):
        demands[part, warehouse].append((need, quantity))
    found = {}
    for key, (part, warehouse, on) in asked.items():
        place = part, warehouse
        found[key] = on_hand[place], _disposable(mode, on_hand[place], demands[place], supplies[place], on)
    return found


def _by_day(rows, *days):
    """Open quantities per part, warehouse and day; of a stock balance its quantity is open."""
    open_quantity = OPEN_SUPPLY if rows.model is Supply else OPEN_DEMAND
    found = rows.order_by().values_list("part", "warehouse", *days)
    return found.annotate(open_quantity=Sum(open_quantity))


def _disposable(mode, stock, demands, supplies, on):
    if mode == "at-date":
        return None if on is None else stock - _until(on, demands) + _until(on, supplies)
    coming = supplies if mode == "reservations-and-orders" else ()
    return stock - _all(demands) + _all(coming)


def _until(on, quantities):
    return _all((day, quantity) for day, quantity in quantities if day is not None and day <= on)


def _all(quantities):
    return sum((quantity for _day, quantity in quantities), ZERO)


@dataclass(frozen=True)
class Step:
    """One demand or supply in date order; ``balance`` is None for one without a date."""

    position: object
    on: date | None
    came: Decimal | None
    goes: Decimal | None
    balance: Decimal | None

    @property
    def is_demand(self):
        return self.goes is not None


def projection(part, warehouse, *, on_hand, today):
    """Steps of the projected balance; what is overdue counts today, a supply on the next work day."""
    overdue = work_days_of([warehouse.pk])[warehouse.pk].add(today, 1)
    steps = [
        (max(row.need_date, today) if row.need_date else None, 1, row, row.left)
        for row in _open(Demand.objects.exclude(kind=DemandKind.FORECAST), part, warehouse, "need_date", OPEN_DEMAND)
    ] + [
        (_counts_on(row.due_date, today, overdue), 0, row, row.left)
        for row in _open(Supply.objects.orders(), part, warehouse, "due_date", OPEN_SUPPLY)
    ]
    steps.sort(key=lambda step: (step[0] or date.max, step[1], step[2].pk))
    return list(_run(steps, on_hand))


def _open(rows, part, warehouse, day, quantity):
    found = rows.open().filter(part=part, warehouse=warehouse).annotate(left=quantity).filter(left__gt=0)
    return found.for_list().order_by(F(day).asc(nulls_last=True), "pk")[:MOST]


def _counts_on(due, today, overdue):
    return None if due is None else (due if due >= today else overdue)


def _run(steps, balance):
    for on, turn, row, quantity in steps:
        came, goes = (quantity, None) if turn == 0 else (None, quantity)
        if on is not None:
            balance += quantity if turn == 0 else -quantity
        yield Step(row, on, came, goes, balance if on is not None else None)
