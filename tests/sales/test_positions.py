"""The sales row as linkage asks for it."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from erp.exceptions import Refused
from linkage.owners import owner_of, urls_of
from sales.models import SalesOrderRow
from sales.statuses import RowStatus
from tests.factories import PartFactory, UnitConversionFactory, WarehouseFactory
from tests.linkage.factories import DemandFactory
from tests.sales.factories import again, row_with

pytestmark = pytest.mark.django_db


def test_urls_lead_to_the_row_of_its_order(seller):
    row = row_with(10, by=seller)
    forecast = row_with(10, by=seller, row={"row_status": RowStatus.FORECAST})

    urls = urls_of([row.demand, forecast.demand])

    assert urls == {
        ("sales", row.demand_id): f"{reverse('sales:order', args=[row.order_id])}?row={row.pk}#row-{row.pk}",
        (
            "forecast",
            forecast.demand_id,
        ): f"{reverse('sales:order', args=[forecast.order_id])}?row={forecast.pk}#row-{forecast.pk}",
    }


def test_may_asks_the_table_of_rights(seller, viewer):
    demand = row_with(10, by=seller).demand

    assert (
        owner_of(demand).may(seller, demand, "sales.write"),
        owner_of(demand).may(viewer, demand, "sales.write"),
    ) == (
        True,
        False,
    )


def test_change_quantity_changes_the_row_in_its_own_unit(seller):
    part = PartFactory()
    box = UnitConversionFactory(part=part).unit
    row = row_with(2, part=part, by=seller, row={"unit": box})

    owner_of(row.demand).change_quantity(row.demand, quantity=Decimal(36), by=seller)

    assert (again(row).quantity, again(row).demand.quantity) == (3, 36)


def test_change_date_and_warehouse_change_the_row(seller):
    row = row_with(10, by=seller)
    other = WarehouseFactory(company=row.warehouse.company)

    owner_of(row.demand).change_date(row.demand, date=date(2026, 4, 1), by=seller)
    owner_of(row.demand).change_warehouse(row.demand, warehouse=other, by=seller)

    assert (again(row).delivery_date, again(row).demand.warehouse) == (date(2026, 4, 1), other)


def test_cancel_takes_the_row_away(seller):
    row = row_with(10, by=seller)

    owner_of(row.demand).cancel(row.demand, by=seller)

    assert SalesOrderRow.objects.count() == 0


def test_a_demand_of_nobody_is_refused(seller):
    demand = DemandFactory()

    with pytest.raises(Refused, match="belongs to no sales row"):
        owner_of(demand).change_date(demand, date=date(2026, 4, 1), by=seller)
