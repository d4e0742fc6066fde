"""What the migration to a mark for each price makes of rows that had one mark for both."""

from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection

from sales.models import SalesOrderRow
from tests.sales.factories import order_with

pytestmark = pytest.mark.django_db
marks = import_module("sales.migrations.0019_setup_prices_marked_before")


def told(*statements):
    """The marks of price and setup price of all rows once the statements ran."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    return list(SalesOrderRow.objects.order_by("position").values_list("priced_in", "setup_priced_in"))


def test_setup_price_gets_the_mark_and_a_price_that_nobody_typed_loses_it():
    typed, setup = {"price_locked": True}, {"setup_price": Decimal(5)}
    order = order_with(1, 1, 1, 1)
    before = [typed | setup, setup, typed, None]
    for row, facts in zip(order.rows.order_by("position"), before, strict=True):
        if facts is not None:
            order.rows.filter(pk=row.pk).update(priced_in="SEK", **facts)

    there = told(marks.BOTH, marks.PRICE)

    assert there == [("SEK", "SEK"), ("", "SEK"), ("SEK", ""), ("", "")]
    assert [price for price, _setup in told(marks.AS_ONE)] == ["SEK", "SEK", "SEK", ""]
