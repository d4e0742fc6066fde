"""Columns of many rows written in one statement."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DataError, transaction

from linkage.models import Demand
from linkage.operations.updating import update
from tests.linkage.factories import DemandFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [0, 1, 3])
def test_update_takes_one_statement_and_writes_what_was_said(count, django_assert_num_queries):
    rows = [DemandFactory() for _ in range(count)]
    other = DemandFactory(variant="kept")
    for number, row in enumerate(rows):
        row.need_date, row.priority, row.quantity = date(2026, 3, 1 + number), number, Decimal("1.5")
        row.variant, row.firm, row.revision_id = 'a "quoted" \\ comma, NULL', False, None

    with django_assert_num_queries(1 if count else 0):
        update(rows, ["need_date", "priority", "quantity", "variant", "firm", "revision"])

    told = Demand.objects.order_by("pk").values_list("need_date", "priority", "quantity", "variant", "firm", "revision")
    written = [
        (date(2026, 3, 1 + n), n, Decimal("1.5"), 'a "quoted" \\ comma, NULL', False, None) for n in range(count)
    ]
    assert list(told.exclude(pk=other.pk)) == written
    assert Demand.objects.get(pk=other.pk).variant == "kept"


def test_update_refuses_what_is_too_long_for_its_column():
    row = DemandFactory()
    row.variant = "x" * 121

    with pytest.raises(DataError), transaction.atomic():
        update([row], ["variant"])
