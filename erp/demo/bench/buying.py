"""W10: the purchase target list of 20,000 short demands of 2,000 bought parts with two suppliers and price breaks."""

import random
import re
from datetime import timedelta
from decimal import Decimal

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from erp.demo.bench.loading import SEED, analyze, copy_in, fetch, parts, reserve, world
from erp.demo.bench.measuring import Case, DifferentWork, Side
from erp.register.models import LotSizing, Part, Partner, UnitConversion
from erp.register.roles import BUYER
from linkage.dates import business_date
from linkage.models import Demand, DemandKind, Document, OrderLink, Status, Supply, SupplyKind
from linkage.models.positions import DocumentKind
from linkage.queries.shortage import SHORT, short_asked
from purchasing.models import PriceBreak, SupplierTerm

SUPPLIERS = 40
TIMES_THE_LIMIT = 6
# What a page shows of its lines, in one statement: the same short demands, their default terms, and how many there are.
LIMIT = f"""
select d.id, o.number, d.position, p.number, p.name, d.need_date, s.short, t.price, t.lead_time, b.number, b.name,
  count(*) over ()
from ({SHORT}) s join linkage_demand d on d.id = s.demand_id join register_part p on p.id = d.part_id
join linkage_document o on o.id = d.document_id
left join purchasing_supplierterm t on t.part_id = p.id and t.is_default
left join register_partner b on b.id = t.supplier_id
where d.need_date <= %(until)s
order by {{order}} limit 50
"""


def cases(size):
    base, today = world(), business_date()
    rows = max(round(20_000 * size), 100)
    build(base, random.Random(SEED), rows, today=today)
    until = today + timedelta(days=45)
    shown = [
        ("open", "", today + timedelta(days=10_000), "b.number, d.need_date, d.priority, d.id"),
        ("filtered, sorted by part", f"?needed_to={until}&sort=-part", until, "p.number desc, d.id"),
    ]
    return [_case(base, f"{rows:,} lines, {name}", *facts, today=today) for name, *facts in shown]


def _case(base, name, query, until, order, *, today):
    client = Client(SERVER_NAME="localhost")
    client.force_login(_buyer(base), backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("purchasing:target_list") + query
    asked = short_asked(today=today) | {"until": until}
    return Case(
        workload="W10",
        name=name,
        sides=lambda _: {
            "limit": Side(work=lambda: _limit(LIMIT.format(order=order), asked), result=lambda found: found[0]),
            "product": Side(work=lambda: client.get(url), result=_count),
        },
        targets={"limit": TIMES_THE_LIMIT},
    )


def _limit(statement, asked):
    """(how many lines, the page as one string)"""
    found = fetch(statement, asked)
    cells = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in found)
    return found[0][-1], f"<table>{cells}</table>"


def _count(answer):
    if answer.status_code != 200:
        raise DifferentWork(f"W10: the page answers {answer.status_code}.")
    return int(re.search(r"<span>(\d+) rows</span>", answer.content.decode()).group(1))


def _buyer(base):
    user = base.user
    user.is_active = True
    user.save(update_fields=["is_active"])
    user.groups.add(Group.objects.get_or_create(name=BUYER)[0])
    return user


def build(base, chance, rows, *, today):
    """Half of the parts order-oriented; some stock and some orders, far from enough; every demand stays short."""
    numbers = parts(base, max(rows // 10, 5), prefix="BUY")
    Part.objects.filter(pk__in=list(numbers)[::2]).update(lot_sizing=LotSizing.LINKED)
    _terms(base, chance, numbers)
    first = reserve(Document, 1)[0]
    orders = copy_in(
        Document,
        ({"number": f"W10-{first + n}", "serial": first + n} for n in range(max(rows // 5, 1))),
        company_id=base.company.pk,
        kind=DocumentKind.SALES,
        ordered_on=today,
    )
    demands = (
        {
            "document_id": orders[n % len(orders)],
            "position": 10 * (1 + n // len(orders)),
            "part_id": numbers[n % len(numbers)],
            "quantity": Decimal(chance.randint(1, 90)),
            "need_date": today + timedelta(days=chance.randint(1, 90)),
        }
        for n in range(rows)
    )
    copy_in(Demand, demands, kind=DemandKind.SALES, warehouse_id=base.warehouse.pk)
    # What comes is due after all needs, so that it shortens nothing and still has to be looked at.
    late = {"warehouse_id": base.warehouse.pk, "due_date": today + timedelta(days=120), "status": Status.FIRM}
    sent = copy_in(
        Document,
        [{"number": f"W10P-{first}", "serial": first}],
        company_id=base.company.pk,
        kind=DocumentKind.PURCHASE,
        ordered_on=today,
    )
    supplies = (
        {"document_id": sent[0], "position": 10 * (n + 1), "part_id": part, "quantity": Decimal(5)}
        for n, part in enumerate(numbers)
    )
    copy_in(Supply, supplies, kind=SupplyKind.PURCHASE, **late)
    analyze(Part, Document, Demand, Supply, OrderLink, SupplierTerm, PriceBreak, UnitConversion)


def _terms(base, chance, numbers):
    """Two suppliers a part, the first the default one; a price break for every fourth term."""
    first = reserve(Partner, 1)[0]
    sellers = copy_in(
        Partner,
        ({"number": f"W10-{first + n}", "name": f"Supplier {n}"} for n in range(SUPPLIERS)),
        is_supplier=True,
    )
    terms = copy_in(
        SupplierTerm,
        (
            {
                "part_id": part,
                "supplier_id": sellers[(n + turn) % SUPPLIERS],
                "is_default": turn == 0,
                "price": Decimal(chance.randint(100, 9_000)) / 100,
                "multiple": chance.choice([0, 1, 5, 10]),
                "lead_time": chance.randint(1, 40),
            }
            for n, part in enumerate(numbers)
            for turn in range(2)
        ),
        unit_id=base.unit.pk,
    )
    breaks = ({"term_id": term, "from_quantity": 50, "price": Decimal(1)} for term in list(terms)[::4])
    copy_in(PriceBreak, breaks)
