"""All purchase orders of AdventureWorks, where the files are: PEGBOARD_ADVENTUREWORKS names their folder."""

import os
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import F, Sum

from erp.register.units import Conversions
from linkage.drift import findings
from linkage.models import StockMovement, Supply
from purchasing.models import PurchaseOrderRow, Reject

FOLDER = Path(os.environ.get("PEGBOARD_ADVENTUREWORKS", "adventureworks"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no AdventureWorks: set PEGBOARD_ADVENTUREWORKS to its folder"),
]


def column(number):
    """One column of the file of purchase lines, read without the product's reader."""
    [path] = FOLDER.rglob("PurchaseOrderDetail.csv")
    return [Decimal(line.split("\t")[number]) for line in path.read_text(encoding="cp1252").splitlines()]


def test_every_purchase_row_with_its_short_receipts_and_rejects_adds_up():
    tables = "parts,vendors,terms,purchase_orders"
    call_command("load_adventureworks", str(FOLDER), "--only", tables, stdout=StringIO(), stderr=StringIO())

    received_then, rejected_then = column(7), column(8)
    rows = PurchaseOrderRow.objects.select_related("supply__part__unit", "unit")
    rejects = dict(Reject.objects.values_list("row").annotate(sum=Sum("quantity")).order_by())
    conversions = Conversions([row.supply.part for row in rows])
    base = {row.pk: conversions.to_base(part=row.supply.part, quantity=Decimal(1), unit=row.unit) for row in rows}
    came = sum((row.supply.done + rejects.get(row.pk, 0)) / base[row.pk] for row in rows)
    rejected = sum(quantity / base[pk] for pk, quantity in rejects.items())
    on_hand = Supply.objects.stock().aggregate(sum=Sum("quantity"))["sum"]
    posted = StockMovement.objects.aggregate(sum=Sum("quantity"))["sum"]

    assert (len(rows), len(rejects)) == (8845, sum(1 for quantity in rejected_then if quantity))
    assert (round(came), round(rejected)) == (sum(received_then), sum(rejected_then))
    assert on_hand == posted == Supply.objects.orders().aggregate(sum=Sum("done"))["sum"]
    assert not Supply.objects.orders().filter(done__gt=F("quantity")).exists()
    assert list(findings()) == []
