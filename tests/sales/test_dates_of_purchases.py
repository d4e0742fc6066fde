"""A purchase row that follows its sales row: a form that shows what it was before is told so."""

from datetime import date

import pytest
import time_machine

from erp.exceptions import Stale
from linkage.changes import Decisions
from purchasing import operations as purchasing
from purchasing.models import PurchaseOrderRow
from sales import operations
from tests.factories import PartFactory
from tests.purchasing.factories import SupplierTermFactory
from tests.sales.factories import again, row_with

pytestmark = pytest.mark.django_db


def test_a_row_that_followed_its_sales_row_is_stale_for_the_confirmation_form(planner, buyer):
    planner.groups.add(*buyer.groups.all())
    with time_machine.travel("2026-03-02"):
        part = PartFactory(lot_sizing="LR")
        SupplierTermFactory(part=part, unit=part.unit)
        row = row_with(10, part=part, by=planner)
        [bought] = operations.create_purchase_orders(rows=[row], by=planner)
        bought = PurchaseOrderRow.objects.for_list().get(pk=bought.pk)
        purchasing.send(order=bought.order, by=planner)
        bought.refresh_from_db()
        shown, due = bought.version, bought.supply.due_date

        operations.change_row(
            row=again(row),
            delivery_date=date(2026, 6, 1),
            by=planner,
            decisions=Decisions(answers={f"date-{bought.supply_id}": "follow"}),
        )
        now = PurchaseOrderRow.objects.for_list().get(pk=bought.pk)
        assert now.supply.due_date != due
        with pytest.raises(Stale):
            purchasing.confirm(order=now.order, dates={now.pk: due}, versions={now.pk: shown}, by=planner)
