"""The guard against every way to write: each leaves the sums true or is refused, whatever it knows of our rules."""

from decimal import Decimal

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.db.models import F

from erp.register.history import recording
from linkage import operations
from linkage.models import Demand, OrderLink, Provenance, StockMovement, Supply, Tombstone
from linkage.operation import settle
from tests.factories import ServicePartFactory
from tests.linkage.factories import LinkFactory, SupplyFactory, demand_for
from tests.linkage.guarding import (
    NO_RIGHT,
    add_link,
    add_movement,
    drift,
    ledger,
    refused,
    run,
    unsaved_link,
    unsaved_movement,
)

pytestmark = pytest.mark.django_db
COLUMNS = (
    "supply_id, demand_id, part_id, warehouse_id, quantity, received, issued, released, kind, contract, rule, reason, "
    "created_by_id"
)
TOO_MUCH = ("supply_allocated_within", "demand_allocated_within")


def stored(row, *names):
    """The columns as they are in the database after a settle."""
    settle()
    return type(row)._base_manager.filter(pk=row.pk).values_list(*names).get()


def values(world, quantity):
    """The columns of a raw link, in the order of COLUMNS."""
    new = unsaved_link(world, quantity)
    ends = (new.supply_id, new.demand_id, new.part_id, new.warehouse_id)
    return *ends, new.quantity, 0, 0, 0, "claimed", False, "", "", world.by.pk


# Inserting


def insert_by_save(world, quantity):
    unsaved_link(world, quantity).save()


def insert_in_bulk(world, quantity):
    OrderLink.objects.bulk_create([unsaved_link(world, quantity - 1), unsaved_link(world, 1, kind="bound")])


def insert_by_sql(world, quantity):
    row = values(world, quantity)
    run(f"insert into linkage_orderlink ({COLUMNS}) values ({', '.join(['%s'] * len(row))})", *row)


def insert_by_copy(world, quantity):
    with connection.cursor() as cursor, cursor.copy(f"copy linkage_orderlink ({COLUMNS}) from stdin") as copy:
        copy.write_row(values(world, quantity))


def insert_by_merge(world, quantity):
    row = values(world, quantity)
    run(
        f"merge into linkage_orderlink l using (select %s::bigint demand_id) n on l.demand_id = n.demand_id "
        f"when not matched then insert ({COLUMNS}) values ({', '.join(['%s'] * len(row))})",
        world.other.pk,
        *row,
    )


def insert_on_conflict_do_nothing(world, quantity):
    row = values(world, quantity)
    for _ in range(2):
        run(
            f"insert into linkage_orderlink ({COLUMNS}) values ({', '.join(['%s'] * len(row))}) on conflict do nothing",
            *row,
        )


INSERTS = [
    insert_by_save,
    insert_in_bulk,
    insert_by_sql,
    insert_by_copy,
    insert_by_merge,
    insert_on_conflict_do_nothing,
]


@pytest.mark.parametrize("insert", INSERTS)
def test_guard_counts_a_link_however_it_is_inserted(insert):
    world = ledger()

    insert(world, 16)

    assert stored(world.supply, "allocated", "free") == (20, 0)
    assert stored(world.other, "allocated", "uncovered") == (16, 14)
    assert drift() == []


@pytest.mark.parametrize("insert", INSERTS)
def test_guard_refuses_a_link_too_much_however_it_is_inserted(insert):
    world = ledger()

    with refused(*TOO_MUCH):
        insert(world, 17)

    assert stored(world.supply, "allocated", "free") == (4, 16)


def test_guard_refuses_one_millionth_too_much():
    world = ledger()

    with refused(*TOO_MUCH):
        add_link(world, "16.000001")


# Changing


def update_by_save(link, quantity):
    link.quantity = quantity
    link.save()


def update_one_column(link, quantity):
    link.quantity = quantity
    link.save(update_fields=["quantity"])


def update_by_expression(link, quantity):
    OrderLink.objects.filter(pk=link.pk).update(quantity=F("quantity") + quantity - link.quantity)


def update_in_bulk(link, quantity):
    link.quantity = quantity
    OrderLink.objects.bulk_update([link], ["quantity"])


def update_by_sql(link, quantity):
    run("update linkage_orderlink set quantity = %s where id = %s", quantity, link.pk)


def update_by_merge(link, quantity):
    run(
        "merge into linkage_orderlink l using (select %s::bigint id, %s::numeric quantity) n on l.id = n.id "
        "when matched then update set quantity = n.quantity",
        link.pk,
        quantity,
    )


def update_on_conflict(link, quantity):
    run(
        f"insert into linkage_orderlink (id, {COLUMNS}) select id, supply_id, demand_id, part_id, warehouse_id, %s, "
        "0, 0, 0, kind, false, '', '', created_by_id from linkage_orderlink where id = %s "
        "on conflict (id) do update set quantity = excluded.quantity",
        quantity,
        link.pk,
    )


UPDATES = [
    update_by_save,
    update_one_column,
    update_by_expression,
    update_in_bulk,
    update_by_sql,
    update_by_merge,
    update_on_conflict,
]


@pytest.mark.parametrize("update", UPDATES)
def test_guard_counts_a_change_however_it_is_written(update):
    world = ledger()

    update(world.link, Decimal(10))

    assert stored(world.supply, "allocated") + stored(world.demand, "allocated") == (10, 10)
    assert drift() == []


@pytest.mark.parametrize("update", UPDATES)
def test_guard_refuses_a_change_too_much_however_it_is_written(update):
    world = ledger()

    with refused(*TOO_MUCH):
        update(world.link, Decimal(11))

    assert stored(world.supply, "allocated") + stored(world.demand, "allocated") == (4, 4)


def test_guard_lets_two_links_swap_inside_one_transaction():
    world = ledger()

    add_link(world, 20)
    OrderLink.objects.filter(pk=world.link.pk).update(released=4)

    assert stored(world.supply, "allocated") + stored(world.demand, "allocated") == (20, 0)
    assert drift() == []


def test_guard_follows_a_link_that_moves_to_another_supply():
    world = ledger()

    OrderLink.objects.filter(pk=world.link.pk).update(supply=world.spare)

    assert stored(world.supply, "allocated") + stored(world.spare, "allocated") == (0, 4)
    assert drift() == []


def test_guard_refuses_to_move_a_link_to_a_full_supply():
    world = ledger()
    add_link(world, 17, supply=world.spare)

    with refused(*TOO_MUCH):
        OrderLink.objects.filter(pk=world.link.pk).update(supply=world.spare)


@pytest.mark.parametrize(
    "delete",
    [
        lambda link: link.delete(),
        lambda link: OrderLink.objects.all().delete(),
        lambda link: OrderLink.objects.all()._raw_delete("default"),
        lambda link: run("delete from linkage_orderlink"),
        lambda link: run("merge into linkage_orderlink l using (select 1) n on true when matched then delete"),
    ],
    ids=["delete", "queryset delete", "raw delete", "sql", "merge"],
)
def test_guard_refuses_to_delete_a_link(delete):
    world = ledger()

    with refused(NO_RIGHT):
        delete(world.link)


@pytest.mark.parametrize("name", ["supply", "demand"])
def test_guard_refuses_to_delete_what_is_linked(name):
    row = getattr(ledger(), name)

    with refused(f"link_{name}_fits"):
        type(row).objects.filter(pk=row.pk)._raw_delete("default")


@pytest.mark.parametrize("table", ["supply", "demand", "orderlink", "stockmovement"])
def test_guard_refuses_to_truncate(table):
    ledger()
    run("set local guard.truncate = ''")

    with refused(NO_RIGHT):
        run(f"truncate linkage_{table} cascade")


# Positions


@pytest.mark.parametrize("name", ["supply", "demand"])
def test_guard_keeps_its_sums_from_a_stale_save(name):
    world = ledger()
    stale = type(getattr(world, name)).objects.get(pk=getattr(world, name).pk)
    update_by_sql(world.link, 9)
    settle()

    stale.priority = 1
    stale.save()

    assert (stale.allocated, *stored(stale, "allocated")) == (4, 9)
    assert drift() == []


@pytest.mark.parametrize(
    "forge",
    [
        lambda row: type(row).objects.filter(pk=row.pk).update(allocated=0, done=5),
        lambda row: run(f"update {row._meta.db_table} set allocated = 1, done = 1"),
        lambda row: type(row).objects.bulk_update([row], ["allocated", "done"]),
        lambda row: run(
            f"merge into {row._meta.db_table} t using (select 1) n on true when matched then update set allocated = 2"
        ),
    ],
    ids=["update", "sql", "bulk", "merge"],
)
@pytest.mark.parametrize("name", ["supply", "demand", "shelf"])
def test_guard_puts_forged_sums_back(forge, name):
    row = getattr(ledger(), name)
    before = stored(row, "allocated", "done", "quantity")
    row.allocated, row.done = Decimal(1), Decimal(1)

    forge(row)

    assert stored(row, "allocated", "done", "quantity") == before
    assert drift() == []


def test_guard_forging_its_batch_number_changes_nothing():
    world = ledger()
    add_link(world, 10)
    run("select set_config('guard.batch', '77', true)")
    OrderLink.objects.filter(pk=world.link.pk).update(quantity=5)
    run("select set_config('guard.batch', '0', true)")

    assert stored(world.supply, "allocated") == (15,)
    assert drift() == []


@pytest.mark.parametrize(
    ("name", "values", "constraint"),
    [
        ("supply", {"quantity": 3}, "supply_allocated_within"),
        ("supply", {"cancelled": 17}, "supply_allocated_within"),
        ("demand", {"quantity": 3}, "demand_allocated_within"),
        ("demand", {"cancelled": 7}, "demand_allocated_within"),
        ("supply", {"status": "cancelled"}, "supply_closed_unlinked"),
        ("demand", {"status": "closed"}, "demand_closed_unlinked"),
        ("demand", {"kind": "forecast"}, "demand_forecast_unlinked"),
    ],
)
def test_guard_refuses_to_shrink_or_end_what_is_promised(name, values, constraint):
    row = getattr(ledger(), name)

    with refused(constraint):
        type(row).objects.filter(pk=row.pk).update(**values)


def test_guard_lets_a_position_shrink_to_what_is_promised():
    world = ledger()

    Supply.objects.filter(pk=world.supply.pk).update(quantity=4)
    Demand.objects.filter(pk=world.demand.pk).update(cancelled=6)

    assert stored(world.supply, "free") + stored(world.demand, "uncovered") == (0, 0)
    assert drift() == []


@pytest.mark.parametrize("column", ["quantity", "received", "issued", "released"])
def test_guard_refuses_nan_in_a_link(column):
    world = ledger()

    with refused("link_quantities_sane", "link_pair_open_once"):
        run(f"update linkage_orderlink set {column} = 'NaN'")

    assert stored(world.link, column) in {(4,), (0,)}


@pytest.mark.parametrize("table", ["supply", "demand"])
@pytest.mark.parametrize("column", ["quantity", "cancelled", "over_tolerance"])
def test_guard_refuses_nan_in_a_position(table, column):
    ledger()

    with refused(f"{table}_quantities_sane", f"{table}_tolerance_sane", f"{table}_allocated_within"):
        run(f"update linkage_{table} set {column} = 'NaN'")


def test_guard_refuses_nan_in_a_movement():
    world = ledger()

    with refused("movement_quantity_sane"):
        run(
            "insert into linkage_stockmovement (kind, part_id, quantity, to_stock_id, effective_on, reason, reference, "
            "created_by_id) values ('count', %s, 'NaN', %s, '2026-03-10', '', '', %s)",
            world.shelf.part_id,
            world.shelf.pk,
            world.by.pk,
        )


# Movements


@pytest.mark.parametrize("insert", ["save", "bulk", "copy"])
def test_guard_counts_movements_however_they_are_written(insert):
    world = ledger()
    arrived = unsaved_movement(world, 7, supply=world.spare, to_stock=world.shelf)

    if insert == "save":
        arrived.save()
    elif insert == "bulk":
        StockMovement.objects.bulk_create([arrived])
    else:
        with (
            connection.cursor() as cursor,
            cursor.copy(
                "copy linkage_stockmovement (kind, part_id, quantity, supply_id, to_stock_id, effective_on, reason, "
                "reference, created_by_id) from stdin"
            ) as copy,
        ):
            copy.write_row(
                (
                    "receipt",
                    arrived.part_id,
                    7,
                    world.spare.pk,
                    world.shelf.pk,
                    arrived.effective_on,
                    "",
                    "",
                    world.by.pk,
                )
            )

    assert stored(world.spare, "done", "free") + stored(world.shelf, "quantity", "free") == (7, 13, 57, 57)
    assert drift() == []


def test_guard_counts_the_receipt_of_a_service_on_both_ends():
    link = LinkFactory(supply=SupplyFactory(part=ServicePartFactory(), quantity=5), quantity=4)

    operations.receive(supply=link.supply, quantity=Decimal(3), by=link.created_by, effective_on="2026-03-10")

    assert stored(link.supply, "done", "allocated") == stored(link.demand, "done", "allocated") == (3, 1)
    assert drift() == []


@pytest.mark.parametrize(
    ("sides", "quantity", "constraint"),
    [
        pytest.param({"from_stock": "shelf"}, 51, ("supply_done_within", "supply_quantities_sane"), id="below zero"),
        pytest.param({"supply": "spare", "to_stock": "shelf"}, 21, ("supply_done_within",), id="more than ordered"),
        pytest.param({"from_stock": "shelf", "demand": "demand"}, 11, ("demand_allocated_within",), id="past links"),
        pytest.param({"supply": "supply", "to_stock": "shelf"}, 17, ("supply_allocated_within",), id="past promises"),
    ],
)
def test_guard_refuses_a_movement_that_breaks_a_sum(sides, quantity, constraint):
    world = ledger()

    with refused(*constraint):
        add_movement(world, quantity, **{side: getattr(world, name) for side, name in sides.items()})


@pytest.mark.parametrize(
    "sides",
    [
        {},
        {"supply": "spare"},
        {"demand": "other"},
        {"supply": "spare", "from_stock": "shelf"},
        {"supply": "spare", "to_stock": "shelf", "demand": "other"},
        {"demand": "other", "from_stock": "shelf", "to_stock": "far_shelf"},
        {"demand": "other", "to_stock": "shelf"},
    ],
    ids=lambda sides: " ".join(sides) or "nowhere",
)
def test_guard_refuses_a_movement_with_impossible_sides(sides):
    world = ledger()

    with refused("movement_sides_fit"):
        add_movement(world, 1, **{side: getattr(world, name) for side, name in sides.items()})


@pytest.mark.parametrize(
    "change",
    [
        lambda: StockMovement.objects.update(quantity=1),
        lambda: StockMovement.objects.all()._raw_delete("default"),
        lambda: run("merge into linkage_stockmovement t using (select 1) n on true when matched then delete"),
    ],
    ids=["update", "delete", "merge"],
)
def test_guard_refuses_to_change_a_movement(change):
    ledger()

    with refused(NO_RIGHT):
        change()


# Transactions


def test_guard_forgets_what_a_savepoint_took_back():
    world = ledger()
    add_link(world, 10)

    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 - the settle is the point
        OrderLink.objects.filter(pk=world.link.pk).update(quantity=9)
        settle()
        raise ZeroDivisionError

    assert stored(world.supply, "allocated") == (14,)
    assert drift() == []
    assert run("select count(*) from linkage_guard_delta") == run("select count(*) from linkage_guard_token") == [(0,)]


def test_guard_counts_what_a_savepoint_settled():
    world = ledger()
    add_link(world, 10)

    with transaction.atomic():
        settle()
        OrderLink.objects.filter(pk=world.link.pk).update(quantity=6)
    OrderLink.objects.filter(pk=world.link.pk).update(quantity=5)

    assert stored(world.supply, "allocated") == (15,)
    assert drift() == []


def test_guard_speaks_at_the_first_of_two_settles():
    world = ledger()

    with refused(*TOO_MUCH):
        add_link(world, 17)
        settle()
        OrderLink.objects.update(released=F("quantity"))


def test_guard_settles_many_times_in_one_transaction():
    world = ledger()

    for quantity in range(1, 201):
        OrderLink.objects.filter(pk=world.link.pk).update(quantity=quantity % 10 + 1)
        settle()

    assert stored(world.supply, "allocated") == (1,)
    assert drift() == []


def test_guard_takes_ten_thousand_links_in_one_transaction():
    supply = SupplyFactory(quantity=10_000)
    like = demand_for(supply, quantity=1)
    facts = {"document": like.document, "kind": "sales", "part": like.part, "warehouse": like.warehouse, "quantity": 1}
    demands = Demand.objects.bulk_create(Demand(**facts) for _ in range(10_000))
    ends = {"part": supply.part, "warehouse": supply.warehouse, "kind": "claimed"}
    ends["created_by"] = LinkFactory(quantity=1).created_by
    settle()
    run("analyze linkage_demand, linkage_supply")  # rolled back tests leave statistics of empty tables

    OrderLink.objects.bulk_create(
        [OrderLink(supply=supply, demand=demand, quantity=1, **ends) for demand in demands], batch_size=1000
    )
    settle()

    assert stored(supply, "allocated", "free") == (10_000, 0)
    assert drift() == []


# History and admin


def test_guard_writes_no_history_of_its_own_sums():
    world = ledger()
    before = world.supply.events.count() + world.demand.events.count()

    with recording(by=world.by, operation="test.link", reason="because"):
        add_link(world, 5)
        settle()

    event = OrderLink.objects.latest("pk").events.get()
    assert (event.quantity, event.pgh_context.metadata["operation"]) == (5, "test.link")
    assert world.supply.events.count() + world.demand.events.count() == before


def test_guard_and_history_work_inside_each_other():
    world = ledger()

    with recording(by=world.by, operation="test.both"):
        Supply.objects.filter(pk=world.supply.pk).update(quantity=30)
        add_link(world, 26)
        settle()
        Demand.objects.filter(pk=world.other.pk).update(priority=1)

    assert [event.quantity for event in world.supply.events.order_by("pk")] == [20, 30]
    assert stored(world.supply, "allocated", "free") == (30, 0)
    assert drift() == []


@pytest.mark.parametrize("model", [Supply, Demand, OrderLink, StockMovement, Provenance, Tombstone])
def test_admin_shows_the_ledger_but_never_writes_it(model, rf, admin_user):
    request = rf.get("/")
    request.user = admin_user
    registered = admin.site._registry.get(model)

    assert registered is None or not any(
        [
            registered.has_add_permission(request),
            registered.has_change_permission(request),
            registered.has_delete_permission(request),
        ]
    )
