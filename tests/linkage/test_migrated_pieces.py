"""What the migration to pieces that know their shelf makes of numbers that were there before."""

from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection

from linkage.models import SerialNumber, StockMovement
from linkage.operations import adjust_stock, number_arrival
from tests.factories import PartFactory, UserFactory, WarehouseFactory
from tests.linkage.factories import TODAY, stock

pytestmark = pytest.mark.django_db
LIE = import_module("linkage.migrations.0008_pieces_lie_where_they_came").LIE


def test_pieces_that_did_not_leave_lie_where_they_came_as_far_as_there_are_so_many():
    part, by = PartFactory(is_serial_traced=True), UserFactory()
    facts = {"part": part, "warehouse": WarehouseFactory(), "by": by, "effective_on": TODAY}
    shelf = stock(part, facts["warehouse"], 5)
    number_arrival(movement=StockMovement.objects.get(), serials="A-1..A-3", by=by)
    adjust_stock(quantity=Decimal(-1), serials="A-2", **facts)
    SerialNumber.objects.update(shelf=None)
    adjust_stock(quantity=Decimal(-3), **facts)

    with connection.cursor() as cursor:
        cursor.execute(LIE)

    lie = dict(SerialNumber.objects.values_list("number", "shelf"))
    assert lie == {"A-1": shelf.pk, "A-2": None, "A-3": None}
