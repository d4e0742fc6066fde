"""Explosion and netting with plain data: the situations that other systems' test suites expect figures of."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import Refused
from erp.register.calendar import WorkDays
from production.explosion import Circle, Facts, Recipe, Row, Structure, TooDeep, explode, tree
from production.netting import Free, Need, lots, plan

DAY = date(2026, 3, 20)  # a Friday
DAYS = WorkDays(week=[True] * 5 + [False] * 2)


def structure(boms, **facts):
    """``{"FG": {"SA": 3}}``: parts by number, made where they have a BOM. A row is a quantity or facts of a ``Row``."""
    names = list(dict.fromkeys([*boms, *(name for rows in boms.values() for name, _ in pairs(rows))]))
    ids = {name: number for number, name in enumerate(names, start=1)}
    parts = {}
    for name, number in ids.items():
        made = {"part_type": "manufactured" if name in boms else "purchased", "lot_sizing": "LR"}
        parts[number] = Facts(id=number, number=name, **(made | facts.get(name, {})))
    recipes = {
        (ids[name], None): Recipe(ids[name], None, tuple(bom_row(ids[to], row) for to, row in pairs(rows)))
        for name, rows in boms.items()
    }
    return Structure(parts, recipes)


def pairs(rows):
    return rows if isinstance(rows, list) else list(rows.items())


def bom_row(component, row):
    facts = row if isinstance(row, dict) else {"quantity_per": row}
    decimals = {key: Decimal(str(value)) for key, value in facts.items() if not key.startswith("valid")}
    return Row(component=component, **(facts | decimals))


def number_of(made, name):
    return next(facts.id for facts in made.parts.values() if facts.number == name)


def exploded(made, name, quantity, on=DAY):
    found = explode(made, {number_of(made, name): Decimal(quantity)}, on=on)
    return {made.parts[part].number: quantity for part, quantity in found.items()}


def planned(made, wanted, stock=(), *, combine=False, **facts):
    needs = [
        Need(key=key, part=number_of(made, name), quantity=Decimal(quantity), need_date=DAY, **facts)
        for key, (name, quantity) in enumerate(wanted, start=1)
    ]
    free = [
        Free(id=key, part=number_of(made, name), warehouse=0, quantity=Decimal(quantity), due_date=due)
        for key, (name, quantity, *rest) in enumerate(stock, start=1)
        for due in (rest or [None])
    ]
    return plan(made, needs, free=free, calendars={0: DAYS}, combine=combine)


def orders(result):
    return [(order.facts.number, order.quantity) for order in result.orders]


def bought(result):
    needs = {}
    for component in result.short:
        needs[component.facts.number] = needs.get(component.facts.number, 0) + component.short
    return needs


DEEP = {
    "FG": {"SA11": 3, "SA12": 5, "f": 8},
    "SA11": {"SA21": 2, "SA22": 7, "k": 6},
    "SA12": {"SA23": 1, "n": 9},
    "SA21": {"i1": 3, "i2": 5},
    "SA22": {"j1": 2, "j2": 13},
    "SA23": {"m1": 4, "m2": 11},
}
RAW = {"i1": 54, "i2": 90, "j1": 126, "j2": 819, "k": 54, "m1": 60, "m2": 165, "n": 135, "f": 24}


def test_explode_a_deep_structure():
    found = exploded(structure(DEEP), "FG", 3)

    assert found == RAW | {"SA11": 9, "SA12": 15, "SA21": 18, "SA22": 63, "SA23": 15}


def test_plan_a_deep_structure():
    assert bought(planned(structure(DEEP), [("FG", 3)])) == RAW


def test_plan_three_levels():
    result = planned(structure({"B1": {"B2": 2}, "B2": {"B3": 3}, "B3": {"RM": 3}}), [("B1", 3)])

    assert orders(result) == [("B1", 3), ("B2", 6), ("B3", 18)]
    assert bought(result) == {"RM": 54}


def test_plan_uses_stock_once_for_all_trees():
    made = structure(
        {
            "FG1": {"SA": 1, "RM1": 1},
            "FG2": {"SA": 1},
            "FG3": {"RM1": 1},
            "FG4": {"SA2": 1},
            "SA": {"RM1": 1, "RM2": 1},
            "SA2": {"RM2": 1},
        }
    )

    result = planned(made, [("FG1", 100), ("FG2", 50), ("FG3", 10), ("FG4", 10)], [("SA", 80), ("RM1", 90)])

    assert orders(result)[4:] == [("SA", 20), ("SA", 50), ("SA2", 10)]
    assert bought(result) == {"RM1": 90, "RM2": 80}


def test_plan_takes_stock_of_a_sub_assembly():
    made = structure({"FG": {"SA1": 1, "SA2": 1}, "SA1": {"C1": 1}}, SA2={"part_type": "manufactured"})

    result = planned(made, [("FG", 10)], [("SA1", 5)])

    assert orders(result) == [("FG", 10), ("SA1", 5)]
    assert bought(result) == {"SA2": 10, "C1": 5}
    assert [component.why for component in result.short] == ["SA2 has no active BOM.", ""]


def test_plan_buys_nothing_below_stock():
    made = structure({"FG": {"SA1": 1, "SA2": 1}, "SA1": {"C1": 1}, "SA2": {"C2": 1}})

    result = planned(made, [("FG", 10)], [("SA1", 10), ("SA2", 10)])

    assert (orders(result), bought(result)) == ([("FG", 10)], {})


def test_plan_passes_through_phantoms_and_keeps_two_rows_of_a_component():
    made = structure(
        {"FP3": {"SF3": 2, "PP3": 2}, "SF3": {"PP3": 1, "PP4": 3}},
        SF3={"part_type": "fictitious", "lot_sizing": "LL"},
    )

    result = planned(made, [("FP3", 5)])

    assert orders(result) == [("FP3", 5)]
    found = [(c.position, c.facts.number, c.quantity) for c in result.components]
    assert found == [(10, "PP3", 10), (20, "PP4", 30), (30, "PP3", 10)]


def test_plan_takes_stock_below_a_phantom_once():
    made = structure({"FP3": {"SF3": 2, "PP3": 2}, "SF3": {"PP3": 1, "PP4": 3}}, SF3={"part_type": "fictitious"})

    assert bought(planned(made, [("FP3", 5)], [("PP3", 10)])) == {"PP3": 10, "PP4": 30}


def test_plan_serves_the_shallower_need_first():
    made = structure({"C": {"S": 5, "B": 5}, "B": {"S": 1}, "S": {"M": 1}})

    result = planned(made, [("C", 1)], [("S", 2)])

    assert orders(result) == [("C", 1), ("B", 5), ("S", 3), ("S", 5)]


def test_plan_serves_the_earlier_position_first():
    made = structure({"B": {"C": 1, "D": 1}, "C": {"K": 1}, "D": {"K": 1}, "K": {"M": 1}})

    result = planned(made, [("B", 2)], [("K", 3)])

    assert orders(result) == [("B", 2), ("C", 2), ("D", 2), ("K", 1)]
    [share] = result.orders[-1].shares
    assert (share[0].order.facts.number, share[1]) == ("D", 1)


def test_plan_takes_supply_due_by_the_need_date_earliest_first():
    made = structure({"FG": {"SA": 10}, "SA": {"RM": 1}})
    stock = [("SA", 3, date(2026, 3, 20)), ("SA", 4, date(2026, 3, 19)), ("SA", 5, date(2026, 3, 21))]

    result = planned(made, [("FG", 1)], stock)

    assert [(supply.id, taken) for supply, taken in result.components[0].taken] == [(2, 4), (1, 3)]
    assert orders(result) == [("FG", 1), ("SA", 3)]


def test_plan_leaves_stock_driven_components_alone():
    made = structure({"FG": {"SA": 1}, "SA": {"RM": 1}}, SA={"lot_sizing": "LL"})

    result = planned(made, [("FG", 10)], [("SA", 4)])

    assert orders(result) == [("FG", 10)]
    assert [(c.facts.number, c.taken, c.short) for c in result.components] == [("SA", [], 10)]


def test_plan_of_a_part_without_bom_is_refused_by_name():
    made = structure({"FG": {"SA": 1}})

    result = planned(made, [("SA", 1), ("FG", 1)])

    assert result.refusals == {1: "SA has no active BOM."}
    assert orders(result) == [("FG", 1)]


def test_plan_dates_run_back_over_lead_and_safety_time():
    made = structure({"FG": {"SA": 1}, "SA": {"RM": 1}}, FG={"lead_time": 2, "safety_time": 1}, SA={"lead_time": 3})

    result = planned(made, [("FG", 1)])

    fg, sa = result.orders
    assert (fg.start_date, fg.finish_date) == (date(2026, 3, 17), date(2026, 3, 19))
    assert (sa.start_date, sa.finish_date) == (date(2026, 3, 13), date(2026, 3, 18))
    assert [component.need_date for component in result.components] == [date(2026, 3, 18), date(2026, 3, 13)]


def test_plan_combined_makes_one_order_with_a_share_each():
    made = structure({"FG": {"RM": 1}})

    result = planned(made, [("FG", 1), ("FG", 2)], combine=True)

    assert orders(result) == [("FG", 3)]
    assert [(need.key, quantity) for need, quantity in result.orders[0].shares] == [(1, 1), (2, 2)]


def test_plan_divides_at_the_maximum_and_leaves_the_surplus_free():
    made = structure({"FG": {"RM": 1}}, FG={"minimum": Decimal(50), "maximum": Decimal(100)})

    result = planned(made, [("FG", 140)])

    assert [(order.quantity, order.surplus) for order in result.orders] == [(100, 0), (50, 10)]


@pytest.mark.parametrize(
    ("need", "facts", "expected"),
    [
        (16, {"minimum": 50}, [50]),
        (140, {"minimum": 50, "maximum": 100}, [100, 50]),
        (112, {"multiple": 25}, [125]),
        (87, {"multiple": 5}, [90]),
        (7, {"lot_sizing": "FQ", "order_quantity": 5}, [10]),
        (95, {"maximum": 50, "multiple": 20}, [40, 40, 20]),
    ],
)
def test_lots(need, facts, expected):
    numbers = {key: Decimal(value) if key != "lot_sizing" else value for key, value in facts.items()}

    assert lots(Decimal(need), Facts(id=1, number="FG", **numbers)) == expected


def test_lots_refuses_thousands_of_orders():
    with pytest.raises(Refused, match="more than 1000 orders"):
        lots(Decimal(10**6), Facts(id=1, number="FG", maximum=Decimal(1)))


@pytest.mark.parametrize(
    ("row", "quantity", "expected"),
    [
        pytest.param({"quantity_per": 1, "scrap": "0.1"}, 9, 10, id="scrap"),
        pytest.param({"quantity_per": 1, "scrap": "0.1"}, 10, 12, id="scrap rounds up"),
        pytest.param({"quantity_per": 2, "fixed": 3}, 5, 13, id="fixed once per order"),
        pytest.param({"quantity_per": "0.3"}, 10, 3, id="no noise"),
        pytest.param({"quantity_per": "0.000001"}, 1, 1, id="never nothing"),
    ],
)
def test_explode_rounds_up_to_the_unit(row, quantity, expected):
    assert exploded(structure({"FG": {"RM": row}}), "FG", quantity) == {"RM": expected}


def test_explode_keeps_the_decimals_of_the_unit():
    made = structure({"FG": {"RM": {"quantity_per": 1, "scrap": "0.1"}}}, RM={"step": Decimal("0.01")})

    assert exploded(made, "FG", 1) == {"RM": Decimal("1.12")}


def test_explode_through_a_phantom_is_exact():
    made = structure(
        {"FG": {"KIT": {"quantity_per": 10, "scrap": "0.7"}}, "KIT": {"RM": 3}}, KIT={"part_type": "fictitious"}
    )

    assert exploded(made, "FG", 1) == {"RM": 100}


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 1, 31), {"OLD": 1}), (date(2026, 2, 1), {"OLD": 1, "NEW": 1}), (date(2026, 2, 2), {"NEW": 1})],
)
def test_explode_takes_the_rows_valid_on_the_day(day, expected):
    made = structure(
        {
            "FG": {
                "OLD": {"quantity_per": 1, "valid_to": date(2026, 2, 1)},
                "NEW": {"quantity_per": 1, "valid_from": date(2026, 2, 1)},
            }
        }
    )

    assert exploded(made, "FG", 1, on=day) == expected


def test_explode_prefers_the_bom_of_the_revision():
    made = structure({"FG": {"RM": 1}})
    part, component = number_of(made, "FG"), number_of(made, "RM")
    made.recipes[part, 7] = Recipe(9, 7, (Row(component, Decimal(5)),))

    assert [made.recipe(part, revision).bom for revision in (None, 7, 8)] == [part, 9, part]


def test_explode_refuses_a_circle_with_its_path():
    made = structure({"FG-1": {"SA-2": 1}, "SA-2": {"FG-1": 1, "RM": 1}})

    with pytest.raises(Circle) as refused:
        exploded(made, "FG-1", 1)

    assert str(refused.value) in {
        "A part cannot contain itself: FG-1 → SA-2 → FG-1.",
        "A part cannot contain itself: SA-2 → FG-1 → SA-2.",
    }


def test_explode_refuses_a_circle_through_phantoms():
    made = structure({"P9": {"P10": 1}, "P10": {"P9": 1}}, P10={"part_type": "fictitious"})

    with pytest.raises(Circle):
        planned(made, [("P9", 1)])


def test_explode_stops_at_fifty_levels():
    fifty = structure({f"S{n}": {f"S{n + 1}": 1} for n in range(50)})
    more = structure({f"S{n}": {f"S{n + 1}": 1} for n in range(51)})

    assert exploded(fifty, "S0", 1)["S50"] == 1
    with pytest.raises(TooDeep):
        exploded(more, "S0", 1)


def test_explode_refuses_a_quantity_beyond_all_bounds():
    with pytest.raises(Refused, match="too large"):
        exploded(structure({"FG": {"RM": 10**10}}), "FG", 100)


def test_explode_a_ladder_of_diamonds_visits_each_part_once():
    boms = {f"L{n}": [(f"L{n + 1}", 1), (f"L{n + 1}", 1)] for n in range(30)}

    assert exploded(structure(boms), "L0", 1)["L30"] == 2**30


def test_tree_opens_a_shared_sub_assembly_once():
    made = structure({"FG": {"SA": 1, "SB": 1}, "SA": {"SC": 2}, "SB": {"SC": 3}, "SC": {"RM": 1}})

    lines = tree(made, number_of(made, "FG"), Decimal(2), on=DAY)

    found = [(line.depth, made.parts[line.part].number, line.quantity, line.seen) for line in lines]
    assert found == [
        (0, "FG", 2, False),
        (1, "SA", 2, False),
        (2, "SC", 4, False),
        (3, "RM", 4, False),
        (1, "SB", 2, False),
        (2, "SC", 6, True),
    ]
