"""What happens to whom when a supply changes: each promise goes where a person says, rows follow when told to."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from erp.exceptions import Refused
from erp.register.models import Setting
from linkage import operations as ledger
from linkage.changes import Decisions
from linkage.changes.decisions import LookAgain
from linkage.models import OrderLink, Supply, UndecidedChange
from linkage.preview import preview
from production import operations as production
from production.models import ProductionOrder
from purchasing import operations as purchasing
from sales import operations as sales
from tests.factories import MadePartFactory, PartFactory
from tests.fixtures import user_with
from tests.linkage.factories import stock
from tests.production.factories import bom_of
from tests.purchasing.factories import SupplierTermFactory
from tests.sales.factories import again, row_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.fixture
def both(db):
    """Somebody who buys and sells: all choices are theirs."""
    return user_with("planner", "buyer")


def bought(quantity=10, *, by):
    """A sales row and the draft purchase row made for it."""
    part = PartFactory(lot_sizing="LR")
    SupplierTermFactory(part=part, unit=part.unit)
    row = row_with(quantity, part=part, by=by)
    [purchase] = sales.create_purchase_orders(rows=[row], by=by)
    return row, purchase


def made(quantity=10, *, by):
    """A sales row and the planned order of its part, which is made of another made part."""
    below = MadePartFactory(number="BELOW", lot_sizing="LR", lead_time=1)
    bom_of(below, (PartFactory(), 1))
    part = MadePartFactory(number="TOP", lot_sizing="LR", lead_time=2)
    bom_of(part, (below, 2))
    row = row_with(quantity, part=part, by=by)
    sales.create_production_orders(rows=[row], by=by)
    return row, ProductionOrder.objects.get(lines__supply__part=part)


def open_of(row):
    found = OrderLink.objects.open().filter(demand=row.demand_id).order_by("pk")
    return list(found.values_list("supply__kind", "open", "kind"))


def link_of(row):
    return OrderLink.objects.open().get(demand=row.demand_id)


def change(purchase, by, answers=None, **changes):
    return purchasing.change_row(row=purchase, decisions=Decisions(answers), by=by, **changes)


def test_sent_purchase_order_is_asked_about_with_the_new_values_of_its_sales_row(both):
    row, purchase = bought(by=both)
    purchasing.send(order=purchase.order, by=both)
    trial = Decisions({}, trial=True)

    preview(
        sales.change_row,
        row=again(row),
        quantity=Decimal(15),
        delivery_date=date(2026, 3, 13),
        decisions=trial,
        by=both,
    )

    words = [str(option.label) for question in trial.plan.questions for option in question.options]
    assert any(str(purchase) in word and "15" in word for word in words)
    assert any(str(purchase) in word and "2026-03-13" in word for word in words)
    supply = Supply.objects.get(purchase_row=purchase)
    assert (supply.quantity, supply.due_date) == (10, date(2026, 3, 20))


def test_later_purchase_date_takes_the_sales_row_along_when_told_to(both):
    row, purchase = bought(by=both)

    change(purchase, both, {f"row-{row.demand_id}": "follow"}, due_date=date(2026, 3, 27))

    row = again(row)
    assert (row.delivery_date, row.demand.need_date) == (date(2026, 3, 27), date(2026, 3, 27))


def test_later_purchase_date_must_be_decided(both):
    row, purchase = bought(by=both)

    with pytest.raises(LookAgain):
        change(purchase, both, due_date=date(2026, 3, 27))

    assert again(row).delivery_date == date(2026, 3, 20)


def test_sales_row_stays_as_promised_when_told_to(both):
    row, purchase = bought(by=both)

    change(purchase, both, {f"row-{row.demand_id}": "leave"}, due_date=date(2026, 3, 27))

    assert again(row).delivery_date == date(2026, 3, 20)
    assert Supply.objects.get(purchase_row=purchase).due_date == date(2026, 3, 27)


def test_buyer_who_may_not_change_the_row_is_told_who_decides(both, buyer):
    row, purchase = bought(by=both)
    trial = Decisions({}, trial=True)

    preview(purchasing.change_row, row=purchase, due_date=date(2026, 3, 27), decisions=trial, by=buyer)

    assert [
        (question.why, [str(option.label) for option in question.options]) for question in trial.plan.questions
    ] == [
        (
            f"{row} waits for {purchase}; who may change it decides under Undecided changes.",
            ["Keep 2026-03-20, which is late"],
        )
    ]


def test_buyer_who_may_not_change_the_row_leaves_it_on_the_worklist(both, buyer, seller):
    row, purchase = bought(by=both)

    change(purchase, buyer, due_date=date(2026, 3, 27))

    [left] = UndecidedChange.objects.waiting()
    assert (left.change, left.supply_id, left.demand_id, left.date) == (
        "date",
        purchase.supply_id,
        row.demand_id,
        date(2026, 3, 27),
    )
    ledger.decide(undecided=left, does=True, by=seller)
    assert again(row).delivery_date == date(2026, 3, 27)
    assert list(UndecidedChange.objects.values_list("decision", "decided_by")) == [("done", seller.pk)]


def test_raised_purchase_row_raises_its_sales_row_when_told_to(both):
    row, purchase = bought(by=both)

    change(purchase, both, {f"rowq-{row.demand_id}": "follow"}, quantity=Decimal(12))

    row = again(row)
    assert (row.quantity, row.demand.uncovered, open_of(row)) == (12, 0, [("purchase", 12, "bound")])


@pytest.mark.parametrize(
    ("answer", "quantity", "uncovered", "links"),
    [
        pytest.param("leave", 10, 4, [("purchase", 6, "bound")], id="leave uncovered"),
        pytest.param("row", 6, 0, [("purchase", 6, "bound")], id="the row asks for less"),
        pytest.param("new", 10, 0, [("purchase", 6, "bound"), ("purchase", 4, "bound")], id="order anew"),
        pytest.param("to", 10, 0, [("purchase", 6, "bound"), ("stock", 4, "bound")], id="another supply"),
    ],
)
def test_less_than_promised_goes_where_it_was_decided(both, answer, quantity, uncovered, links):
    row, purchase = bought(by=both)
    if answer == "to":
        answer = f"to:{stock(row.part, row.warehouse, 9).pk}"

    change(purchase, both, {f"link-{link_of(row).pk}": answer}, quantity=Decimal(6))

    row = again(row)
    assert (row.quantity, row.demand.uncovered, open_of(row)) == (quantity, uncovered, links)
    purchase.refresh_from_db()
    assert (purchase.quantity, purchase.supply.quantity) == (6, 6)


def test_less_than_promised_must_be_decided(both):
    row, purchase = bought(by=both)

    with pytest.raises(LookAgain):
        change(purchase, both, quantity=Decimal(6))

    assert open_of(row) == [("purchase", 10, "bound")]


def test_removed_purchase_row_says_where_its_link_goes(both):
    row, purchase = bought(by=both)
    balance = stock(row.part, row.warehouse, 10)
    answers = {f"link-{link_of(row).pk}": f"to:{balance.pk}"}

    purchasing.remove_row(row=purchase, decisions=Decisions(answers), by=both)

    assert open_of(row) == [("stock", 10, "bound")]
    assert Supply.objects.get(pk=purchase.supply_id).status == "cancelled"


def test_cancelled_production_order_says_where_its_link_goes_and_takes_planned_orders_below_along(planner):
    row, order = made(by=planner)

    production.cancel(order=order, decisions=Decisions({f"link-{link_of(row).pk}": "leave"}), by=planner)

    assert (again(row).demand.uncovered, open_of(row)) == (10, [])
    assert set(ProductionOrder.objects.values_list("status", flat=True)) == {"cancelled"}


def test_prevent_refuses_to_cancel_what_is_linked(planner):
    Setting.objects.create(name="link_deletion_policy", value="prevent")
    row, order = made(by=planner)

    with pytest.raises(Refused, match=rf"{order}/1 is linked to {row} \(10\)\. Disconnect it first\."):
        production.cancel(order=order, decisions=Decisions(), by=planner)


def test_auto_close_releases_all_links_and_leaves_the_demands_on_the_worklist(planner):
    Setting.objects.create(name="link_deletion_policy", value="auto-close")
    row, order = made(by=planner)

    production.cancel(order=order, decisions=Decisions(), by=planner)

    assert again(row).demand.uncovered == 10
    assert list(UndecidedChange.objects.values_list("demand", "quantity")) == [(row.demand_id, 10)]


def test_later_finish_date_takes_the_row_along_when_told_to(planner):
    row, order = made(by=planner)
    answers = {f"row-{row.demand_id}": "follow"}

    production.change_line(
        line=order.lines.get(), finish_date=date(2026, 3, 27), decisions=Decisions(answers), by=planner
    )

    assert again(row).delivery_date == date(2026, 3, 27)
    assert order.lines.get().start_date == date(2026, 3, 25)


def test_quantity_of_an_order_bound_to_a_row_is_changed_from_the_row(planner):
    row, order = made(by=planner)

    with pytest.raises(Refused, match=f"bound to {row}: change the quantity there"):
        production.change_line(line=order.lines.get(), quantity=Decimal(12), decisions=Decisions(), by=planner)


def test_command_leaves_what_is_asked_on_the_worklist_and_applies_what_follows(planner):
    row, order = made(by=planner)
    production.release(order=order, by=planner)

    sales.change_row(row=row, delivery_date=date(2026, 3, 27), decisions=Decisions(by_person=False), by=planner)

    dates = dict(Supply.objects.filter(kind="production").values_list("part__number", "due_date"))
    assert dates == {"TOP": date(2026, 3, 20), "BELOW": date(2026, 3, 25)}
    supply = order.lines.get().supply_id
    [left] = UndecidedChange.objects.waiting()
    assert (left.change, left.supply_id, left.date) == ("date", supply, date(2026, 3, 27))


def test_undecided_change_is_decided_once(planner):
    row, order = made(by=planner)
    production.release(order=order, by=planner)
    sales.change_row(row=row, delivery_date=date(2026, 3, 27), decisions=Decisions(by_person=False), by=planner)
    [left] = UndecidedChange.objects.waiting()
    ledger.decide(undecided=left, does=False, by=planner)

    with pytest.raises(Refused, match="has decided this meanwhile"):
        ledger.decide(undecided=left, does=True, by=planner)

    assert Supply.objects.get(part__number="TOP").due_date == date(2026, 3, 20)


def test_confirmed_later_date_leaves_the_late_row_on_the_worklist(both):
    row, purchase = bought(by=both)
    purchasing.send(order=purchase.order, by=both)

    purchasing.confirm(order=purchase.order, dates={purchase.pk: date(2026, 3, 27)}, by=both)

    assert again(row).delivery_date == date(2026, 3, 20)
    assert list(UndecidedChange.objects.waiting().values_list("change", "demand", "date")) == [
        ("date", row.demand_id, date(2026, 3, 27))
    ]


def test_undecided_page_shows_each_change_and_decides_it(both, seller_client, viewer_client):
    row, purchase = bought(by=both)
    purchasing.send(order=purchase.order, by=both)
    purchasing.confirm(order=purchase.order, dates={purchase.pk: date(2026, 3, 27)}, by=both)
    [left] = UndecidedChange.objects.waiting()
    page, act = reverse("linkage:undecided_list"), reverse("linkage:decide", args=[left.pk])

    shown = seller_client.get(page).content.decode()
    refused = viewer_client.post(act, {"does": "1"})
    seller_client.post(act, {"does": "1"})

    assert (str(row) in shown, "2026-03-27" in shown, "Do it" in shown) == (True, True, True)
    assert "Do it" not in viewer_client.get(page).content.decode()
    assert refused.status_code == 403
    assert again(row).delivery_date == date(2026, 3, 27)
    assert not UndecidedChange.objects.waiting().exists()


@pytest.mark.parametrize("count", [1, 3])
def test_undecided_page_query_count_does_not_grow(both, planner_client, django_assert_max_num_queries, count):
    rows = [bought(by=both) for _ in range(count)]
    for _row, purchase in rows:
        change(purchase, user_with("buyer"), due_date=date(2026, 3, 27))

    with django_assert_max_num_queries(14):
        planner_client.get(reverse("linkage:undecided_list"))
