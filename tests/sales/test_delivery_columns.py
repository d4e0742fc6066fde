"""The columns of the row grid that say what is delivered, picked and weighed."""

from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.register.models import UnitConversion
from sales import operations
from sales.columns import delivering
from sales.operations import Picked
from tests.factories import PartFactory, UnitFactory
from tests.linkage.factories import stock
from tests.sales.factories import again, row_with

pytestmark = pytest.mark.django_db

LOADED = {column.name: column.load for column in delivering.COLUMNS if column.load}


def test_columns_say_remaining_under_picking_and_delivered_in_the_rows_unit(seller, warehouse_keeper):
    part = PartFactory()
    box = UnitFactory(code="box12")
    UnitConversion.objects.create(part=part, unit=box, base=part.unit, numerator=12)
    row = row_with(10, part=part, row={"unit": box}, by=seller)
    stock(part, row.warehouse, 120)
    operations.deliver(row=row, quantity=Decimal(3), by=warehouse_keeper)
    operations.create_pick_lists(lines=[Picked(row=again(row), quantity=Decimal(2))], by=warehouse_keeper)

    shown = {name: load([again(row)], row.order)[row.pk] for name, load in LOADED.items()}

    assert shown == {"remaining": 7, "under_picking": 2, "delivered": 3}


def test_row_page_changes_weight_and_what_is_printed(seller_client, seller):
    row = row_with(1, by=seller)
    url = reverse("sales:row", args=[row.pk])
    form = seller_client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    typed = {name: "" if value in (None, False) else value for name, value in values.items()} | {"version": row.version}

    answer = seller_client.post(url, typed | {"net_weight": "2.5", "show_price": "", "price_text": "By contract"})
    assert answer.status_code == 302, answer.context["form"].errors

    changed = again(row)
    assert (changed.net_weight, changed.show_price, changed.price_text, changed.show_date) == (
        Decimal("2.5"),
        False,
        "By contract",
        True,
    )
    assertContains(seller_client.get(url), "By contract")
