"""A preview shows what the save then does, and leaves nothing behind."""

from decimal import Decimal

import pytest

from linkage import operations
from linkage.models import OrderLink
from linkage.preview import preview
from linkage.refusals import NotEnough
from tests.linkage.factories import LinkFactory, SupplyFactory, demand_for

pytestmark = pytest.mark.django_db


def test_preview_shows_what_a_new_link_changes_and_takes_it_back(planner):
    supply = SupplyFactory(quantity=10)
    demand = demand_for(supply, quantity=6)

    shown = preview(operations.link, demand=demand, supply=supply, quantity=Decimal(4), by=planner)

    assert [change.changed for change in shown.of("demand")] == [[("uncovered", 6, 2)]]
    assert [change.changed for change in shown.of("supply")] == [[("free", 10, 6)]]
    assert [change.is_new for change in shown.of("link")] == [True]
    assert not OrderLink.objects.exists()


def test_preview_equals_the_save(planner):
    link = LinkFactory(quantity=4)

    shown = preview(operations.disconnect, link=link, quantity=Decimal(3), by=planner)
    operations.disconnect(link=link, quantity=Decimal(3), by=planner)

    for change in shown.of("link"):
        row = OrderLink.objects.get(pk=change.pk)
        assert {name: getattr(row, name) for name in change.after} == change.after
    link.supply.refresh_from_db()
    assert shown.of("supply")[0].after["free"] == link.supply.free == 9


def test_preview_raises_what_the_operation_refuses(planner):
    link = LinkFactory(quantity=4)

    with pytest.raises(NotEnough):
        preview(operations.disconnect, link=link, quantity=Decimal(5), by=planner)
