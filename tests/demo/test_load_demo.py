"""The demo company: there in one command, once, with something to look at on every page."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from erp.demo.company import accounts, load
from erp.demo.company.people import ensure_people
from erp.demo.logins import LOGINS, PASSWORD
from erp.register.models import User
from erp.register.roles import roles_of
from erp.staging.models import StagedImport
from linkage.models import Demand, Elsewhere, Hold, OrderLink, Supply
from linkage.queries import coverage, short
from production.models import Loss, ProductionOrder, ProductionOrderLine, Report
from production.queries.costs import costs_of
from purchasing.models import OverReceipt, PurchaseOrder
from sales.configuring import waits_for_configuration
from sales.models import FixedAsset, OrderAnswer, SalesOrder, SalesOrderRow
from sales.posting import without_account

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 11)


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    """The company, loaded once for all tests of this file and rolled back at its end."""
    clock = time_machine.travel(datetime(2026, 3, 11, 9, tzinfo=UTC))
    with clock, django_db_blocker.unblock(), transaction.atomic():
        yield load(today=TODAY)
        transaction.set_rollback(True)


def told(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_load_demo_gives_each_login_its_role(scene):
    users = {user.username: user for user in User.objects.filter(username__in=LOGINS)}

    assert {name: roles_of(user) for name, user in users.items()} == {name: {name} for name in LOGINS}
    assert all(user.check_password(PASSWORD) for user in users.values())
    assert [name for name, user in users.items() if user.is_staff] == ["admin"]


def test_load_demo_shows_orders_in_every_status(scene):
    assert Counter(SalesOrder.objects.values_list("status", flat=True)) == {
        "quote": 2,
        "registered": 8,
        "confirmed": 5,
        "partly delivered": 2,
        "delivered": 1,
        "closed": 1,
        "cancelled": 1,
    }
    assert set(PurchaseOrder.objects.values_list("status", flat=True)) == {
        "draft",
        "sent",
        "confirmed",
        "partly_received",
        "received",
        "closed",
        "cancelled",
    }
    assert set(ProductionOrder.objects.values_list("status", flat=True)) == {
        "planned",
        "released",
        "started",
        "finished",
    }


def test_load_demo_has_purchase_orders_of_several_types_and_a_question_for_a_buyer(scene):
    types = Counter(PurchaseOrder.objects.values_list("order_type__code", flat=True))

    assert set(types) == {"STOCK", "PROD", "SPARE"}
    [asked] = OverReceipt.objects.all()
    assert (str(asked.row.supply.part), asked.quantity, asked.status) == ("IT-28", 120, "waiting")


def test_load_demo_taxes_and_posts_its_rows(scene):
    rows = SalesOrderRow.objects.main().goods().select_related("order__document__partner", "vat_code", "part__group")
    taxed = {(row.order.customer.number in accounts.ABROAD, row.vat_code.code) for row in rows}

    assert taxed == {(False, "25"), (True, "EU")}
    assert without_account(list(rows)) == {}
    assert [str(value) for value in FixedAsset.objects.values_list("number", flat=True)] == [
        "FA-07",
        "FA-07-1",
        "FA-12",
    ]
    assert {str(row.revision) for row in rows if row.part and row.part.number == "TB-200"} == {"B"}


def test_load_demo_has_late_and_short_rows(scene):
    rows = SalesOrderRow.objects.exclude(demand=None).select_related("demand")
    found = coverage([row.demand for row in rows], today=TODAY)

    late = {str(row) for row in rows if (found[row.demand_id].slack or 0) < 0}

    assert late == {"S-1003/10", "S-1010/10"}
    of_the_other_company = {"S-1018/10", "S-1018/20", "SE-1001/10"}  # two it makes, and one that it was not told of
    found = {str(row) for row in rows if row.demand_id in short(today=TODAY)}
    assert found == {"S-1008/10", "S-1012/10", *of_the_other_company}


def test_load_demo_leaves_an_orphan_a_contract_link_a_hold_and_a_forecast(scene):
    orphan = Supply.objects.orphans().get()
    contract = OrderLink.objects.get(contract=True)
    held = ProductionOrder.objects.exclude(hold_reason="").get()
    kept = Hold.objects.get()

    assert (orphan.label, orphan.part.number, orphan.free) == ("M-1025/1", "CB-110", 6)
    assert (contract.supply.part.number, contract.quantity, contract.supply.quantity) == ("HB-9C", 5, 8)
    assert held.hold_reason == "The welding jig is being repaired"
    assert (kept.partner.name, kept.demand.quantity, kept.demand.uncovered) == ("Cykelboden i Ekenäs", 6, 0)
    assert Demand.objects.get(kind="forecast").quantity == 20


def test_load_demo_shows_routings_reported_operations_a_loss_and_costs(scene):
    bike = ProductionOrderLine.objects.select_related("supply", "order").get(order__document__number="M-1001")
    steps = list(bike.operations.order_by("position").values_list("position", "name", "work_centre__code"))
    loss = Loss.objects.undecided().get()

    assert steps == [(10, "Assemble", "ASM"), (20, "Ride and adjust", "ASM")]
    assert Report.objects.filter(operation__isnull=False).count() == 4
    assert (loss.demand.label, loss.quantity, loss.report.reason) == ("M-1001/1/10", 1, "Paint ran")
    assert costs_of([bike])[bike.pk].actual.time == Decimal(190) * 46 / 60
    assert Demand.objects.filter(kind="subcontract", part=scene.parts["SV-PC"]).count() == 2


def test_load_demo_keeps_the_split_row_with_what_was_made_for_it(scene):
    parts = SalesOrderRow.objects.filter(order__document__number="S-1002").in_order()

    assert [(row.position, row.quantity, row.demand.uncovered) for row in parts] == [(10, 8, 0), (20, 8, 0), (30, 8, 0)]
    assert OrderLink.objects.filter(demand__sales_row__in=parts).values("supply").distinct().count() == 1


def test_load_demo_sells_a_set_of_parts_of_which_two_left(scene):
    parts = SalesOrderRow.objects.for_list().of_kits().filter(order__document__number="S-1015").in_order()

    assert [(part.part.number, part.within, part.quantity, part.delivered) for part in parts] == [
        ("PN-10", "", 12, 4),
        ("PM-10", "", 6, 2),
        ("LI-10", "", 6, 2),
        ("IT-28", "KT-RPR", 6, 2),
        ("RT-16", "KT-RPR", Decimal("13.2"), Decimal("4.4")),
        ("TL-10", "KT-RPR", 6, 2),
        ("OL-CH", "KT-RPR", Decimal("0.3"), Decimal("0.1")),
    ]


def test_load_demo_sells_variants_alloy_and_configured_bikes(scene):
    rows = SalesOrderRow.objects.filter(order__document__number="S-1016").in_order()
    made = Demand.objects.filter(for_supply__variant="GRA+G7+RACK+BELL", part__number__in=("FR-100", "FR-200", "BB-01"))
    waiting = SalesOrderRow.objects.for_list().get(order__document__number="S-1017", part__number="OM-500")

    assert [(row.place, row.name, row.variant, row.unit_price) for row in rows] == [
        ("10", "Chainring 46 teeth, forged", "", 24),
        ("10.1", "Alloy cost", "", Decimal("0.5985")),
        ("20", "Bike to order Oma", "GRA+G7+RACK+BELL", 690 + 25 + 95 + 39 + 9),
    ]
    assert [demand.part.number for demand in made.order_by("pk")] == ["FR-200", "BB-01"]
    assert (waiting.variant, waits_for_configuration(waiting)) == ("SEA+G3+NORACK+NOBELL", True)


def test_load_demo_sells_in_one_company_what_another_one_makes(scene):
    rows = SalesOrderRow.objects.filter(order__document__number="SE-1001").order_by("position")
    made = Elsewhere.objects.order_by("demand").values_list("quantity", "there__document__company__code")

    assert [(row.quantity, hasattr(row, "transfer")) for row in rows] == [(5, True), (2, True), (6, False)]
    assert list(made) == [(4, "AUR"), (2, "AUR")]


def test_load_demo_has_an_order_that_came_by_file_and_a_change_of_it_that_waits(scene):
    files = list(StagedImport.objects.order_by("pk").values_list("kind", "status", "bad_count"))

    assert files == [("customer-orders", "loaded", 0), ("customer-order-changes", "staged", 0)]
    assert OrderAnswer.objects.get().texts["whole"] == "accepted"


def test_load_demo_adds_up(scene):
    assert told("check_ledger") == ""


def test_load_demo_does_nothing_the_second_time(scene, django_assert_num_queries):
    with django_assert_num_queries(1):
        said = told("load_demo")

    assert said == "The demo company is there already; nothing was done.\n"


def test_load_demo_counts_its_days_from_today(scene):
    row = SalesOrderRow.objects.get(order__document__number="S-1014")

    assert (row.order.document.ordered_on, row.delivery_date) == (TODAY, date(2026, 3, 13))


def test_load_demo_leaves_a_login_that_is_there_as_it_is(scene):
    User.objects.filter(username="admin").update(first_name="Ida", password="mine", is_staff=False)
    User.objects.get(username="admin").groups.clear()

    mine = ensure_people()["admin"]

    assert (mine.first_name, mine.password, mine.is_staff, roles_of(mine)) == ("Ida", "mine", False, frozenset())


def test_load_demo_is_refused_in_production(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="not with PRODUCTION=1"):
        told("load_demo")


def test_load_demo_rounds_components_up_to_their_unit(scene):
    """Ten frames of 1.4 m with 4 % scrap are 14.58333... m; a metre has three decimals."""
    tube = Demand.objects.get(document__number="M-1018", part=scene.parts["TU-286"])

    assert tube.quantity == Decimal("14.584")
