"""W9: one sales order of 10,000 rows: opened, edited near its end, a row put in front of all others, a row split."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from erp.demo.bench.loading import analyze, parts, world
from erp.demo.bench.measuring import Case, DifferentWork, Side
from erp.register.models import Part, Partner
from erp.register.roles import SELLER
from linkage.dates import business_date
from linkage.models import Demand, Document
from sales import operations
from sales.models import SalesOrder, SalesOrderRow
from sales.statuses import REGISTERED

PARTS, OPEN_SECONDS, EDIT_SECONDS, HELD_SECONDS = 200, 0.3, 0.15, 1.0
HTMX = {"HX-Request": "true"}


def cases(size):
    base, length = world(), max(round(10_000 * size), 20)
    order, client = build(base, length), _seller(base)
    numbers = count(1)
    url, last = reverse("sales:order", args=[order.pk]), order.rows.order_by("-position")[1]
    work = [
        ("open", OPEN_SECONDS, lambda: _get(client, url)),
        ("open where row {last} stands", OPEN_SECONDS, lambda: _get(client, f"{url}?row={last.pk}")),
        ("edit row {last}", EDIT_SECONDS, lambda: _edit(client, last, next(numbers))),
        ("add a row at the end", EDIT_SECONDS, lambda: _add(client, order, length)),
        ("insert before row 1", EDIT_SECONDS, lambda: _insert(client, order)),
        ("split a row", HELD_SECONDS, lambda: _split(base, order, next(numbers))),
        ("number all rows anew", HELD_SECONDS, lambda: _put_first(base, order), lambda: _fill_up(base, order)),
    ]
    return [_case(f"{length:,} rows, {name.format(last=f'{length - 1:,}')}", *facts) for name, *facts in work]


def _case(name, seconds, work, ready=None):
    side, bound = Side(work=work, ready=ready), f"{seconds * 1000:.0f} ms"
    return Case(workload="W9", name=name, sides=lambda _: {"product": side}, bounds={bound: seconds})


def build(base, length):
    """A registered order of so many rows of two hundred parts, with a demand each."""
    ids = parts(base, PARTS, prefix="W9")
    found = list(Part.objects.filter(pk__in=ids).select_related("unit", "default_warehouse", "active_revision"))
    customer, _made = Partner.objects.get_or_create(number="W9", defaults={"name": "Long", "is_customer": True})
    day = business_date() + timedelta(days=60)
    rows = [
        operations.NewRow(
            part=found[n % len(found)],
            quantity=Decimal(1 + n % 9),
            unit_price=Decimal(n % 97),
            discount=Decimal(0),
            delivery_date=day,
        )
        for n in range(length)
    ]
    order = operations.create_order(
        customer=customer,
        warehouse=base.warehouse,
        ordered_on=business_date(),
        status=REGISTERED,
        rows=rows,
        by=base.user,
    )
    analyze(Document, Demand, SalesOrder, SalesOrderRow)
    return SalesOrder.objects.for_list().get(pk=order.pk)


def _seller(base):
    user = base.user
    user.is_active = True
    user.save(update_fields=["is_active"])
    user.groups.add(Group.objects.get_or_create(name=SELLER)[0])
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _get(client, url):
    return _checked(client.get(url))


def _checked(answer):
    if answer.status_code != 200:
        raise DifferentWork(f"W9: the page answers {answer.status_code}.")
    return answer


def _edit(client, row, quantity):
    row.refresh_from_db()
    data = {
        "name": row.name,
        "quantity": 1 + quantity % 9,
        "unit": row.unit.code,
        "unit_price": row.unit_price,
        "delivery_date": row.delivery_date.isoformat(),
        "warehouse": row.warehouse.code,
        "row_status": row.row_status,
        "version": row.version,
    }
    return _checked(client.post(reverse("sales:row_edit", args=[row.pk]), data, headers=HTMX))


def _add(client, order, length, **place):
    part = order.rows.order_by("position").select_related("part").first().part
    data = {"part": part.number, "quantity": "1", "row_status": "fixed", "page": -(-length // 100), **place}
    return _checked(client.post(reverse("sales:row_new", args=[order.pk]), data, headers=HTMX))


def _insert(client, order):
    return _add(client, order, 1, before=order.rows.order_by("position").first().pk)


def _split(base, order, place):
    row = order.rows.for_list().filter(quantity__gt=1).order_by("-position")[place]
    halves = [operations.NewPart(quantity=part) for part in (Decimal(1), row.quantity - 1)]
    return operations.split_row(row=row, parts=halves, by=base.user)


def _fill_up(base, order):
    """Until no number is free before the first row."""
    while _put_first(base, order).position > 1:
        pass


def _put_first(base, order):
    first = order.rows.for_list().order_by("position").first()
    return operations.add_row(order=order, before=first, part=first.part, quantity=Decimal(1), by=base.user)
