"""Each part of the guard does something: with it the violation is refused, without it the violation stands.

A part is taken away inside the test's transaction. The last tests compare this list with what the database has, so
that no trigger or constraint of the ledger is without its proof.
"""

from dataclasses import dataclass

import pytest
from django.db import models

from linkage.models import Demand, OrderLink, SerialNumber, StockMovement, Supply
from linkage.operation import settle
from tests.linkage.guarding import NO_RIGHT, add_link, add_movement, drift, ledger, refused, run

pytestmark = pytest.mark.django_db
TABLES = ("linkage_supply", "linkage_demand", "linkage_orderlink", "linkage_stockmovement")


def constraint(table, name):
    return f"alter table linkage_{table} drop constraint {name}"


def index(name):
    return f"drop index {name}"


def trigger(table, name):
    return f"drop trigger {name} on linkage_{table}"


def code(function, condition, without="false"):
    """Take one condition out of a guard function."""
    return function, condition, without


@dataclass(frozen=True)
class Part:
    """One part of the guard: who refuses, how it is taken away, and a violation that only it stops."""

    refuses: str
    taken_away: object
    violate: object

    @property
    def id(self):
        what = self.taken_away
        return " ".join(what.split()[1:]).replace("linkage_", "") if isinstance(what, str) else what[0]


def by_constraint(table, name, violate):
    """A constraint that refuses under its own name."""
    return Part(name, constraint(table, name), violate)


def change(row, **values):
    type(row)._base_manager.filter(pk=row.pk).update(**values)


def set_nan(row):
    run(f"update {row._meta.db_table} set quantity = 'NaN' where id = %s", row.pk)


def add_balance(world):
    Supply.objects.create(
        kind="stock", part=world.shelf.part, warehouse=world.shelf.warehouse, quantity=0, status="firm"
    )


def release_more_than_there_is(world):
    """Another link of the pair keeps the sums in order, so that only the link's own check can see it."""
    add_link(world, 3, kind="bound", demand=world.demand)
    change(world.link, released=5)


def issue_more_than_arrived(world):
    add_link(world, 3, supply=world.shelf, stock=world.shelf, received=3)
    change(world.link, received=1, issued=2, stock=world.shelf)


def move_too_much(world):
    """Taken back in the same settle, so that the balance never sees it."""
    found = add_movement(world, 10**11, to_stock=world.shelf)
    add_movement(world, -(10**11), to_stock=world.shelf, reverses=found)


def use_for_another_part(world):
    add_movement(world, 1, from_stock=world.foreign_shelf, demand=world.other, part=world.foreign_shelf.part)


def reverse_twice(world):
    found = add_movement(world, 1, to_stock=world.shelf)
    for _ in range(2):
        add_movement(world, -1, to_stock=world.shelf, reverses=found)


def put_pieces(world, count, **facts):
    arrival = StockMovement.objects.filter(to_stock=world.shelf).latest("pk")
    facts = {"part": world.shelf.part, "shelf": world.shelf, "arrival": arrival} | facts
    SerialNumber.objects.bulk_create(SerialNumber(number=f"A-{n}", **facts) for n in range(count))


def place_pieces(world):
    """Known before, put on the balance by an update."""
    put_pieces(world, 51, shelf=None)
    SerialNumber.objects.update(shelf=world.shelf)


def take_goods_under_pieces(world):
    put_pieces(world, 50)
    settle()
    add_movement(world, 1, from_stock=world.shelf)


PARTS = [
    # Pieces: no more of them than goods.
    Part("pieces_within_stock", trigger("serialnumber", "guard_pieces_put"), lambda w: put_pieces(w, 51)),
    Part("pieces_within_stock", trigger("serialnumber", "guard_pieces_changed"), place_pieces),
    Part("pieces_within_stock", trigger("guard_shelf", "guard_pieces_counted"), lambda w: put_pieces(w, 51)),
    Part("pieces_within_stock", trigger("supply", "guard_pieces_stay"), take_goods_under_pieces),
    Part(
        "piece_lies_on_its_part",
        code("linkage_guard_pieces_put", "n.shelf_id is not null and s.id is null"),
        lambda w: put_pieces(w, 1, part=w.foreign_shelf.part),
    ),
    # Triggers: without them nobody counts.
    Part("supply_allocated_within", trigger("orderlink", "guard_inserted"), lambda w: add_link(w, 17)),
    Part("supply_allocated_within", trigger("orderlink", "guard_updated"), lambda w: change(w.link, quantity=21)),
    Part("supply_allocated_within", trigger("guard_token", "guard_settle"), lambda w: add_link(w, 17)),
    Part(
        "supply_done_within",
        trigger("stockmovement", "guard_moved"),
        lambda w: add_movement(w, 21, supply=w.spare, to_stock=w.shelf),
    ),
    Part(NO_RIGHT, trigger("orderlink", "guard_no_delete"), lambda w: run("delete from linkage_orderlink")),
    Part(
        NO_RIGHT,
        trigger("stockmovement", "guard_append_only"),
        lambda w: run("update linkage_stockmovement set quantity = 7"),
    ),
    Part(
        NO_RIGHT,
        trigger("stockmovement", "guard_append_only"),
        lambda w: run("delete from linkage_stockmovement where reverses_id is null"),
    ),
    # Conditions inside the guard's functions.
    Part(
        "link_stock_is_stock",
        code("linkage_guard_link_inserted", "p.kind <> 'stock'"),
        lambda w: add_link(w, 2, stock=w.spare, received=1),
    ),
    Part(
        "link_stock_is_stock",
        code("linkage_guard_link_updated", "p.kind <> 'stock'"),
        lambda w: change(w.link, stock=w.spare, received=1),
    ),
    Part(
        "movement_ends_fit",
        code("linkage_guard_moved", "p.part_id <> n.part_id or", "false or"),
        lambda w: add_movement(w, 1, to_stock=w.foreign_shelf),
    ),
    Part(
        "movement_ends_fit",
        code("linkage_guard_moved", "p.part_id <> n.part_id) then", "false) then"),
        use_for_another_part,
    ),
    Part(
        "movement_ends_fit",
        code("linkage_guard_moved", "(p.kind = 'stock') <> (p.id is distinct from n.supply_id)"),
        lambda w: add_movement(w, 1, to_stock=w.spare),
    ),
    Part(
        "supply_stock_stays_stock",
        code("linkage_guard_keep_derived", "(old.kind = 'stock') <> (new.kind = 'stock')"),
        lambda w: change(w.shelf, kind="purchase", document=w.supply.document),
    ),
    # Sums.
    by_constraint("supply", "supply_allocated_within", lambda w: add_link(w, 17)),
    by_constraint(
        "demand",
        "demand_allocated_within",
        lambda w: add_link(w, 7, supply=w.spare, demand=w.demand),
    ),
    by_constraint(
        "supply",
        "supply_done_within",
        lambda w: add_movement(w, 21, supply=w.spare, to_stock=w.shelf),
    ),
    by_constraint(
        "demand",
        "demand_done_within",
        lambda w: add_movement(w, 31, demand=w.other, from_stock=w.shelf),
    ),
    by_constraint(
        "supply",
        "supply_closed_unlinked",
        lambda w: change(w.supply, status="closed"),
    ),
    by_constraint(
        "demand",
        "demand_closed_unlinked",
        lambda w: change(w.demand, status="cancelled"),
    ),
    by_constraint(
        "demand",
        "demand_forecast_unlinked",
        lambda w: change(w.demand, kind="forecast"),
    ),
    # Single rows.
    by_constraint("supply", "supply_quantities_sane", lambda w: set_nan(w.supply)),
    by_constraint("demand", "demand_quantities_sane", lambda w: set_nan(w.demand)),
    by_constraint(
        "supply",
        "supply_tolerance_sane",
        lambda w: change(w.supply, over_tolerance=-1),
    ),
    by_constraint(
        "demand",
        "demand_tolerance_sane",
        lambda w: change(w.demand, over_tolerance=1001),
    ),
    Part("supply_one_balance_per_warehouse", index("supply_one_balance_per_warehouse"), add_balance),
    by_constraint(
        "supply",
        "supply_balance_is_plain",
        lambda w: change(w.shelf, due_date="2026-03-10"),
    ),
    by_constraint(
        "supply",
        "supply_order_has_document",
        lambda w: change(w.spare, document=None),
    ),
    by_constraint(
        "demand",
        "demand_component_feeds_supply",
        lambda w: change(w.other, kind="component"),
    ),
    # Links.
    by_constraint("orderlink", "link_quantities_sane", lambda w: change(w.link, quantity=0)),
    by_constraint("orderlink", "link_quantities_sane", release_more_than_there_is),
    by_constraint("orderlink", "link_quantities_sane", lambda w: change(w.link, received=2)),
    by_constraint("orderlink", "link_quantities_sane", issue_more_than_arrived),
    Part("link_pair_open_once", index("link_pair_open_once"), lambda w: add_link(w, 1, demand=w.demand)),
    by_constraint("orderlink", "link_supply_fits", lambda w: add_link(w, 1, supply=w.far_supply)),
    by_constraint("orderlink", "link_demand_fits", lambda w: add_link(w, 1, demand=w.far_demand)),
    by_constraint(
        "orderlink",
        "link_stock_fits",
        lambda w: add_link(w, 1, supply=w.supply, stock=w.foreign_shelf, received=1),
    ),
    # Movements.
    by_constraint("stockmovement", "movement_quantity_sane", move_too_much),
    by_constraint(
        "stockmovement",
        "movement_negative_only_reverses",
        lambda w: add_movement(w, -1, to_stock=w.shelf),
    ),
    by_constraint(
        "stockmovement",
        "movement_sides_fit",
        lambda w: add_movement(w, 1, from_stock=w.shelf, to_stock=w.shelf),
    ),
    by_constraint(
        "stockmovement",
        "linkage_stockmovement_reverses_id_key",
        reverse_twice,
    ),
]


def take_away(what):
    settle()
    if isinstance(what, str):
        return run(what)
    function, condition, without = what
    [(definition,)] = run("select pg_get_functiondef(%s::regproc)", function)
    assert definition.count(condition) == 1
    return run(definition.replace(condition, without).replace("%", "%%"))


@pytest.mark.parametrize("part", [pytest.param(part, id=part.id) for part in PARTS])
def test_guard_part_refuses_what_stands_without_it(part):
    world = ledger()

    with refused(part.refuses):
        part.violate(world)
    take_away(part.taken_away)

    part.violate(world)
    settle()


# What is put back instead of refused.


@pytest.mark.parametrize(
    ("table", "name", "values"),
    [
        ("supply", "supply", {"allocated": 1}),
        ("supply", "supply", {"done": 1}),
        ("supply", "shelf", {"quantity": 99}),
        ("demand", "demand", {"allocated": 1}),
        ("demand", "demand", {"done": 1}),
    ],
)
def test_guard_keep_derived_puts_back_what_an_update_forges(table, name, values):
    row = getattr(ledger(), name)

    change(row, **values)
    kept = drift()
    run(trigger(table, "guard_keep_derived"))
    change(row, **values)

    assert kept == []
    assert [(what.split()[0], pk) for what, pk, _, _ in drift()] == [
        ({"allocated": "allocated", "done": "done", "quantity": "on"}[next(iter(values))], row.pk)
    ]


@pytest.mark.parametrize(
    ("table", "model"), [pytest.param("supply", Supply, id="supply"), pytest.param("demand", Demand, id="demand")]
)
def test_guard_keep_derived_puts_back_what_an_insert_forges(table, model):
    world = ledger()
    like = world.supply if model is Supply else world.demand
    names = ["document_id", "kind", "part_id", "warehouse_id", "quantity", "status"]
    forged = {name: getattr(like, name) for name in names} | {"allocated": 3, "done": 2}

    model.objects.create(**forged)
    kept = drift()
    run(trigger(table, "guard_keep_derived"))
    model.objects.create(**forged)

    assert kept == []
    assert sorted(row[0] for row in drift()) == [f"allocated {table}", f"done {table}"]


@pytest.mark.parametrize("table", TABLES)
def test_guard_no_truncate_refuses_and_is_needed(table):
    ledger()
    run("set local guard.truncate = ''")
    for other in set(TABLES) - {table}:
        run(f"alter table {other} disable trigger guard_no_truncate")

    with refused(NO_RIGHT):
        run(f"truncate {table} cascade")
    run(f"drop trigger guard_no_truncate on {table}")
    run(f"truncate {table} cascade")

    assert run(f"select 1 from {table}") == []


# Completeness.


def test_every_trigger_of_the_guard_has_its_proof():
    proven = {what.removeprefix("drop trigger ") for part in PARTS if isinstance(what := part.taken_away, str)}
    proven |= {f"guard_keep_derived on {table}" for table in TABLES[:2]} | {f"guard_no_truncate on {t}" for t in TABLES}

    there = run(
        "select tgname || ' on ' || tgrelid::regclass from pg_trigger where not tgisinternal and tgname like %s",
        "guard\\_%",
    )

    assert {name for (name,) in there} <= proven


def test_every_constraint_of_the_ledger_has_its_proof():
    proven = {part.refuses for part in PARTS}
    named = [
        constraint.name
        for model in (Supply, Demand, OrderLink, StockMovement)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint | models.UniqueConstraint)
    ]
    only_a_target_of_keys = {"supply_id_part_warehouse", "demand_id_part_warehouse"}

    assert set(named) - only_a_target_of_keys <= proven
