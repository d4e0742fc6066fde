"""What the tests of the database guard share: a small ledger, raw SQL, and refusals by their constraint."""

import contextlib
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from linkage.models import OrderLink, StockMovement
from linkage.operation import settle
from linkage.operations import balance_of
from tests.factories import UserFactory, WarehouseFactory
from tests.linkage.factories import DemandFactory, LinkFactory, SupplyFactory, demand_for, stock

DAY = date(2026, 3, 10)
NO_RIGHT = "42501"


def run(sql, *parameters):
    """Raw SQL on the test's connection; rows, if it gives any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


def drift():
    """Every row whose stored sum differs from its links and movements."""
    settle()
    return run("select what, id, stored, counted from linkage_guard_drift")


@contextlib.contextmanager
def refused(*by):
    """The database refuses what happens inside, by one of these constraints or SQL states; nothing of it stays."""
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():  # noqa: PT012 - the caller's statements
        yield
        settle()
    error = refusal.value.__cause__
    assert (error.diag.constraint_name or error.sqlstate) in by
    assert drift() == []


def ledger():
    """A supply of 20 with a link of 4 to a demand of 10, a free demand of 30, a shelf of 50, and another warehouse."""
    supply = SupplyFactory(quantity=20)
    link = LinkFactory(supply=supply, quantity=4, demand=demand_for(supply, quantity=10))
    far = WarehouseFactory()
    world = SimpleNamespace(
        by=UserFactory(),
        supply=supply,
        demand=link.demand,
        link=link,
        spare=SupplyFactory(quantity=20, part=supply.part, warehouse=supply.warehouse),
        other=demand_for(supply, quantity=30),
        shelf=stock(supply.part, supply.warehouse, 50),
        far_supply=SupplyFactory(quantity=20, part=supply.part, warehouse=far),
        far_demand=DemandFactory(quantity=10, part=supply.part, warehouse=far),
        far_shelf=balance_of(supply.part, far),
        foreign_shelf=stock(SupplyFactory().part, supply.warehouse, 5),
    )
    settle()
    return world


def unsaved_link(world, quantity, **facts):
    """A link of the ledger's supply to its free demand, written past all operations."""
    plain = {"supply": world.supply, "demand": world.other, "kind": "claimed", "created_by": world.by}
    plain |= {"part": world.supply.part, "warehouse": world.supply.warehouse, "quantity": Decimal(quantity)}
    return OrderLink(**plain | facts)


def unsaved_movement(world, quantity, **sides):
    """A movement of the ledger's part, written past all operations."""
    facts = {"kind": "adjustment", "part": world.supply.part, "created_by": world.by, "effective_on": DAY}
    return StockMovement(**facts | {"quantity": Decimal(quantity)} | sides)


def add_link(world, quantity, **facts):
    unsaved_link(world, quantity, **facts).save(force_insert=True)


def add_movement(world, quantity, **sides):
    movement = unsaved_movement(world, quantity, **sides)
    movement.save(force_insert=True)
    return movement
