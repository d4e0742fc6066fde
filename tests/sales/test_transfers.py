"""Between two companies of ours: rows with a profile are mirrored, their dates go both ways, nothing else does."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from linkage.models import OrderLink
from linkage.operations import link
from sales import operations
from sales.forms.transfers import TransferForm
from sales.models import (
    ConfigurationGroup,
    ConfigurationOption,
    ConfigurationQuestion,
    ConfiguredPart,
    PartComment,
    PartTransfer,
    SalesOrder,
    SalesOrderRow,
    Transfer,
    TransferPart,
    TransferProfile,
)
from sales.operations import NewPart
from sales.operations.other_side import other_side
from sales.transfers import across
from tests.factories import MadePartFactory, PartFactory, WarehouseFactory
from tests.linkage.factories import SupplyFactory, stock
from tests.races import run_before_commit
from tests.sales.crossing import DAY, LATER, mirror_of, sold
from tests.sales.factories import again, order_with
from tests.sales.kits import below, kit_of


def facts_of(row):
    return (str(row.order), row.position, row.part.number, row.quantity, row.delivery_date, str(row.warehouse))


def test_create_order_mirrors_its_rows_in_one_order_of_the_other_company(bike, profile, shop, seller):
    order, _rows, there = sold(bike, shop, seller, 10, 4)

    [made] = SalesOrder.objects.exclude(pk=order.pk)
    assert [facts_of(row) for row in there] == [
        (str(made), 10, "BIKE", 10, DAY, "FACTORY"),
        (str(made), 20, "BIKE", 4, DAY, "FACTORY"),
    ]
    assert (made.customer, made.status, made.document.company, made.customer_order_number) == (
        profile.customer,
        "registered",
        profile.warehouse.company,
        str(order),
    )
    assert [(row.customer_row_position, row.demand.quantity) for row in there] == [("10", 10), ("20", 4)]
    assert OrderLink.objects.count() == 0


def test_add_row_goes_to_the_order_that_mirrors_the_others(bike, shop, seller):
    order, _rows, [first] = sold(bike, shop, seller)

    row = operations.add_row(order=order, part=bike, quantity=Decimal(3), delivery_date=LATER, by=seller)

    assert facts_of(mirror_of(row)) == (str(first.order), 20, "BIKE", 3, LATER, "FACTORY")


def test_mirrored_row_says_the_comment_on_its_part(bike, shop, seller):
    PartComment.objects.create(part=bike, text="Keep dry.")

    order, _rows, _there = sold(bike, shop, seller)

    there = mirror_of(order.rows.main().get())
    assert [text.text for text in there.sub_rows.all()] == ["Keep dry."]


def test_rows_of_other_parts_other_companies_and_forecasts_are_not_mirrored(bike, profile, shop, seller):
    sold(PartFactory(), shop, seller)
    sold(bike, WarehouseFactory(), seller)
    _order, [row], [there] = sold(bike, shop, seller, row={"row_status": "forecast"})

    assert there is None
    assert list(Transfer.objects.values_list("row", "there")) == [(row.pk, None)]


def test_a_quote_is_mirrored_when_it_is_registered(bike, shop, seller):
    order, [row], [before] = sold(bike, shop, seller, status="quote")

    operations.register_order(order=order, by=seller)

    assert (before, facts_of(mirror_of(row))[2:5]) == (None, ("BIKE", 10, DAY))


def test_a_part_may_be_another_one_there(bike, profile, shop, seller):
    TransferPart.objects.create(profile=profile, part=bike, there=MadePartFactory(number="CYCLE"))

    _order, _rows, [there] = sold(bike, shop, seller)

    assert there.part.number == "CYCLE"


def test_delivery_date_goes_both_ways_and_nothing_else(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)

    operations.change_row(row=row, delivery_date=LATER, quantity=Decimal(12), goods_label="A", by=seller)
    forth = again(there)
    operations.change_row(row=forth, delivery_date=DAY, quantity=Decimal(7), by=seller)
    back = again(row)

    assert (forth.delivery_date, forth.demand.need_date, forth.quantity, forth.goods_label) == (LATER, LATER, 10, "")
    assert (back.delivery_date, back.demand.need_date, back.quantity) == (DAY, DAY, 12)


def test_one_date_for_all_rows_and_the_date_of_a_split_go_over_too(bike, shop, seller):
    order, [row, _other], there = sold(bike, shop, seller, 10, 4)

    operations.date_rows(order=order, delivery_date=LATER, by=seller)
    dated = [again(mirrored).delivery_date for mirrored in there]
    parts = [NewPart(quantity=Decimal(6), delivery_date=DAY), NewPart(quantity=Decimal(4))]
    operations.split_row(row=again(row), parts=parts, by=seller)

    assert dated == [LATER, LATER]
    assert [(again(mirrored).delivery_date, again(mirrored).quantity) for mirrored in there] == [(DAY, 6), (LATER, 4)]


def leave_together(*orders):
    for order in orders:
        order.partial_delivery_allowed = False
        order.save(update_fields=["partial_delivery_allowed"])


@pytest.mark.parametrize("begins", ["here", "there"])
def test_one_date_for_all_rows_goes_over_where_no_side_takes_partial_deliveries(bike, shop, seller, begins):
    order, rows, there = sold(bike, shop, seller, 10, 4)
    leave_together(order, there[0].order)

    operations.date_rows(order=order if begins == "here" else there[0].order, delivery_date=LATER, by=seller)

    assert [again(row).delivery_date for row in (*rows, *there)] == [LATER] * 4


def test_one_row_does_not_leave_the_others_behind_where_the_other_side_takes_no_partial_deliveries(bike, shop, seller):
    _order, [row, _other], there = sold(bike, shop, seller, 10, 4)
    leave_together(there[0].order)

    with pytest.raises(Refused, match=f"so all rows of {there[0].order} need the same delivery date"):
        operations.change_row(row=row, delivery_date=LATER, by=seller)

    assert [again(one).delivery_date for one in (row, *there)] == [DAY] * 3


def test_a_finished_row_there_keeps_its_date(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)
    operations.disconnect_transfer(row=row, by=seller)

    operations.change_row(row=row, delivery_date=LATER, by=seller)

    assert again(there).delivery_date == DAY


def test_a_row_added_in_the_production_company_is_not_mirrored_back(bike, shop, seller):
    order, _rows, [there] = sold(bike, shop, seller)

    operations.add_row(order=there.order, part=bike, quantity=Decimal(1), by=seller)

    assert (order.rows.count(), there.order.rows.count()) == (1, 2)


def test_delete_goes_to_the_production_company(bike, shop, seller):
    _order, [first, second], [there, other] = sold(bike, shop, seller, 10, 4)

    operations.delete_row(row=first, by=seller)

    assert not SalesOrderRow.objects.filter(pk__in=[first.pk, there.pk]).exists()
    assert again(other).order.status == "registered"
    operations.delete_row(row=second, by=seller)
    assert SalesOrder.objects.get(pk=other.order_id).status == "cancelled"


def test_delete_in_the_production_company_leaves_the_row_not_transferred(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)

    operations.delete_row(row=there, by=seller)
    found = across([row])[row.pk]
    transfer = operations.reload_transfer(row=row, by=seller)

    assert (found.status, found.sentence) == ("Not transferred", f"{there} is deleted in Maker AB.")
    assert (transfer.is_whole, transfer.trouble, mirror_of(row).quantity) == (True, "", 10)


def test_delete_is_refused_while_the_mirrored_row_is_linked(bike, shop, seller, planner):
    _order, [row], [there] = sold(bike, shop, seller)
    supply = SupplyFactory(part=bike, warehouse=there.warehouse)
    link(demand=there.demand, supply=supply, quantity=Decimal(10), by=planner)

    with pytest.raises(Refused, match=f"{there} is linked: 10 pcs from {supply}"):
        operations.delete_row(row=row, by=seller)
    operations.disconnect_transfer(row=row, by=seller)
    operations.delete_row(row=row, by=seller)

    assert again(there).quantity == 10


def test_cancel_order_cancels_what_mirrors_it(bike, shop, seller):
    order, _rows, [there] = sold(bike, shop, seller)

    operations.cancel_order(order=order, by=seller)

    assert SalesOrder.objects.get(pk=there.order_id).status == "cancelled"


def test_disconnect_there_is_refused_unless_the_profile_allows_it(bike, profile, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)

    with pytest.raises(Refused, match=f"T1 To the maker does not allow {there} to be disconnected here"):
        operations.disconnect_transfer(row=there, by=seller)
    TransferProfile.objects.update(disconnect_allowed=True)
    operations.disconnect_transfer(row=there, by=seller)

    operations.change_row(row=again(row), delivery_date=LATER, by=seller)
    assert (Transfer.objects.count(), again(there).delivery_date) == (0, DAY)
    with pytest.raises(Refused, match=f"{row} is not transferred"):
        operations.disconnect_transfer(row=row, by=seller)


def test_what_cannot_be_transferred_is_saved_with_the_sentence_why(bike, profile, shop, seller):
    TransferPart.objects.create(profile=profile, part=bike, there=MadePartFactory(number="OLD", is_active=False))
    order, [row], [there] = sold(bike, shop, seller)
    refused = {}

    added = operations.add_row(order=order, part=bike, quantity=Decimal(1), refused=refused, by=seller)

    words = "OLD is not active, so Maker AB cannot be asked for it."
    assert (there, refused) == (None, {added.pk: f"{added}: {words}"})
    assert Transfer.objects.get(row=row).trouble == f"{row}: {words}"
    TransferPart.objects.all().delete()
    assert operations.reload_transfer(row=row, by=seller).is_whole


def test_set_profile_transfers_a_row_and_clearing_it_disconnects(profile, shop, seller):
    part = PartFactory()
    _order, [row], [before] = sold(part, shop, seller)

    operations.set_profile(row=row, profile=profile, by=seller)
    there = mirror_of(row)
    operations.set_profile(row=row, profile=None, by=seller)

    assert (before, there.quantity, Transfer.objects.count()) == (None, 10, 0)
    assert again(there).quantity == 10


def test_set_profile_refuses_other_companies_inactive_profiles_and_transferred_rows(bike, profile, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)
    _abroad, [other], _none = sold(PartFactory(), WarehouseFactory(), seller)
    facts = {"company": shop.company, "warehouse": profile.warehouse, "customer": profile.customer}
    idle = TransferProfile.objects.create(code="T0", name="Idle", is_active=False, **facts)
    other_way = TransferProfile.objects.create(code="T2", name="Other way", **facts)
    facts |= {"company": profile.warehouse.company, "warehouse": shop}
    back = TransferProfile.objects.create(code="T3", name="Back", **facts)

    for chosen, mine, words in [
        (profile, other, "is for orders of Seller AB"),
        (idle, other, "T0 Idle is not active"),
        (other_way, row, f"{row} is transferred to {there}"),
        (back, there, f"{there} mirrors {row} of another company and is not transferred further"),
    ]:
        with pytest.raises(Refused, match=words):
            operations.set_profile(row=mine, profile=chosen, by=seller)


def test_the_profile_that_a_row_has_changes_nothing_and_stays_to_be_chosen(bike, profile, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)
    TransferProfile.objects.update(is_active=False)

    form = TransferForm({"profile": profile.pk, "operation_key": str(uuid4())}, row=row)
    transfer = operations.set_profile(row=row, profile=profile, by=seller)

    assert (form.is_valid(), transfer.there) == (True, there)


def test_a_forecast_is_transferred_when_it_becomes_fixed(bike, shop, seller):
    _order, [row], [before] = sold(bike, shop, seller, row={"row_status": "forecast"})

    operations.change_row(row=row, row_status="fixed", by=seller)

    assert (before, facts_of(mirror_of(row))[2:5]) == (None, ("BIKE", 10, row.delivery_date))


def test_a_forecast_that_becomes_fixed_and_cannot_be_transferred_is_saved_with_the_sentence_why(
    bike, profile, shop, seller
):
    TransferPart.objects.create(profile=profile, part=bike, there=MadePartFactory(number="OLD", is_active=False))
    _order, [row], _there = sold(bike, shop, seller, row={"row_status": "forecast"})
    refused = {}

    operations.change_row(row=row, row_status="fixed", refused=refused, by=seller)

    assert refused == {row.pk: f"{row}: OLD is not active, so Maker AB cannot be asked for it."}


def test_page_says_that_a_forecast_waits_with_its_transfer(profile, shop, seller, seller_client):
    _order, [row], _there = sold(PartFactory(), shop, seller, row={"row_status": "forecast"})
    url = reverse("sales:row_transfer", args=[row.pk])

    response = seller_client.post(url, {"profile": profile.pk, "operation_key": str(uuid4())}, follow=True)

    assertContains(response, f"Row {row} is transferred when it is no forecast any more.")


def test_a_row_added_to_a_delivered_order_there_makes_it_partly_delivered(bike, shop, seller):
    order, _rows, [there] = sold(bike, shop, seller)
    stock(bike, there.warehouse, 10)
    operations.deliver(row=there, quantity=Decimal(10), by=seller)

    added = operations.add_row(order=order, part=bike, quantity=Decimal(1), delivery_date=DAY, by=seller)

    assert (mirror_of(added).order, mirror_of(added).order.status) == (there.order, "partly delivered")


def test_the_database_lets_no_transfer_stay_in_one_company(bike, profile, shop, seller):
    _order, [row], _there = sold(PartFactory(), shop, seller)
    _other, [mine], _none = sold(PartFactory(), shop, seller)

    with pytest.raises(IntegrityError, match="A transfer goes from the company"), transaction.atomic():
        Transfer.objects.create(row=row, profile=profile, there=mine)
    TransferProfile.objects.update(warehouse=shop)
    with pytest.raises(IntegrityError, match="A transfer goes from the company"), transaction.atomic():
        Transfer.objects.create(row=row, profile=profile)


def test_a_row_is_of_a_warehouse_of_its_company_whoever_writes_it(profile, shop, seller):
    part = PartFactory(default_warehouse=profile.warehouse)
    _order, [row], _there = sold(part, shop, seller)

    with pytest.raises(Refused, match="FACTORY is a warehouse of Maker AB, and the order is of Seller AB"):
        operations.change_row(row=row, warehouse=profile.warehouse, by=seller)
    with pytest.raises(IntegrityError, match="a warehouse of the company of its order"), transaction.atomic():
        SalesOrderRow.objects.update(warehouse=profile.warehouse)

    assert again(row).warehouse == shop


def test_row_page_shows_the_other_side_and_its_buttons(bike, shop, seller, seller_client):
    order, [row], [there] = sold(bike, shop, seller)
    operations.change_row(row=row, quantity=Decimal(12), by=seller)

    here = seller_client.get(reverse("sales:row", args=[row.pk]))
    other = seller_client.get(reverse("sales:row", args=[there.pk]))

    assertContains(here, f'<a href="{reverse("sales:row", args=[there.pk])}">{there.order}</a>', html=True)
    assertContains(here, "Fully transferred")
    assertContains(here, "here it is 12")
    assertContains(here, reverse("sales:transfer_disconnect", args=[row.pk]))
    assertContains(other, f'<a href="{reverse("sales:row", args=[row.pk])}">{order}</a>', html=True)
    assertNotContains(other, reverse("sales:transfer_disconnect", args=[there.pk]))


def test_chain_names_the_order_of_the_other_company_and_no_link_crosses(bike, shop, seller, planner, viewer_client):
    _order, [row], [there] = sold(bike, shop, seller)
    made = SupplyFactory(part=bike, warehouse=there.warehouse)
    link(demand=there.demand, supply=made, quantity=Decimal(10), by=planner)

    here = viewer_client.get(reverse("linkage:chain_demand", args=[row.demand_id]))
    below = viewer_client.get(reverse("linkage:chain_supply", args=[made.pk]))

    url, other = reverse("sales:row", args=[there.pk]), reverse("sales:row", args=[row.pk])
    assertContains(here, f'<a href="{url}">{row}: Made by Maker AB: {there} by 2026-12-18.</a>', html=True)
    assertContains(below, f'<a href="{other}">{there}: Sold by Seller AB: {row} by 2026-12-18.</a>', html=True)
    assert list(OrderLink.objects.values_list("demand", "supply")) == [(there.demand_id, made.pk)]


def test_row_page_chooses_reloads_and_disconnects(profile, shop, seller, seller_client):
    _order, [row], _there = sold(PartFactory(), shop, seller)

    def post(name, **typed):
        url = reverse(f"sales:{name}", args=[row.pk])
        return seller_client.post(url, {"operation_key": str(uuid4()), **typed}, follow=True)

    chosen = post("row_transfer", profile=profile.pk)
    reloaded = post("transfer_reload")
    ended = post("transfer_disconnect")
    wrong = post("row_transfer", profile="999")

    there = SalesOrderRow.objects.get(order__document__company=profile.warehouse.company)
    assertContains(chosen, f"Row {row} is transferred to {there}.")
    assertContains(reloaded, f"Row {row} is transferred to {there}.")
    assertContains(ended, f"The transfer of row {row} is ended; both rows live on.")
    assert wrong.status_code == 422


def test_grid_columns_show_the_other_side_in_two_statements(bike, shop, seller, django_assert_num_queries):
    _order, rows, there = sold(bike, shop, seller, 1, 2, 3)

    with django_assert_num_queries(2):
        found = across([*rows, *there])

    assert [(found[row.pk].order, found[row.pk].position) for row in rows] == [
        (str(mirrored.order), mirrored.position) for mirrored in there
    ]
    assert [found[mirrored.pk].position for mirrored in there] == [row.position for row in rows]


def test_an_order_is_taken_with_the_demands_of_all_its_transferred_rows_on_both_sides(bike, shop, seller):
    order, rows, there = sold(bike, shop, seller, 10, 4)

    across_from = [other_side(one) for one in (order, there[0].order)]

    demands = {row.demand_id for row in (*rows, *there)}
    assert [side.demands for side in across_from] == [demands, demands]
    assert [side.documents for side in across_from] == [{there[0].order.document_id}, {order.document_id}]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_row_is_changed_while_another_one_of_the_order_is_deleted(bike, shop, seller):
    _order, [first, second], _there = sold(bike, shop, seller, 10, 4)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.delete_row(row=first, by=seller),
        lambda: operations.change_row(row=second, quantity=Decimal(5), by=seller),
    )

    assert had_to_wait
    assert not isinstance(outcome, Exception)
    assert again(second).quantity == 5


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_both_companies_change_the_date_at_once_and_the_later_one_counts(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.change_row(row=row, delivery_date=LATER, by=seller),
        lambda: operations.change_row(row=there, delivery_date=date(2027, 2, 1), by=seller),
    )

    assert had_to_wait
    assert not isinstance(outcome, Exception)
    assert [again(one).delivery_date for one in (row, there)] == [date(2027, 2, 1)] * 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_side_deletes_while_the_other_changes_the_date(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.delete_row(row=row, by=seller),
        lambda: operations.change_row(row=there, delivery_date=LATER, by=seller),
    )

    assert had_to_wait
    assert isinstance(outcome, Exception)
    assert SalesOrderRow.objects.count() == 0


def test_a_row_is_mirrored_in_the_variant_that_was_chosen(bike, shop, seller):
    _order, _rows, [there] = sold(bike, shop, seller, row={"delivery_date": DAY, "variant": "RED"})

    assert (there.variant, there.demand.variant) == ("RED", "RED")


def test_a_fictitious_part_is_mirrored_with_the_parts_that_stand_below_its_row(profile, shop, seller):
    kit = kit_of((PartFactory(number="NAIL"), 2))
    PartTransfer.objects.create(part=kit, profile=profile)
    screws = operations.new_part(PartFactory(number="SCREW"), Decimal(7), within=("SET",), variant="M4")

    row = operations.add_row(
        order=order_with(warehouse=shop, by=seller),
        part=kit,
        quantity=Decimal(2),
        sub_rows=(screws,),
        delivery_date=DAY,
        by=seller,
    )

    there = mirror_of(row)
    part = there.sub_rows.get()
    assert below(there) == [("SCREW", 7, "SET")]
    assert (part.variant, str(part.warehouse), part.demand.quantity) == ("M4", "FACTORY", 7)


def test_a_configured_row_is_mirrored_once_somebody_has_confirmed_it(bike, shop, seller):
    group = ConfigurationGroup.objects.create(code="BIKES", name="Bikes")
    colour = ConfigurationQuestion.objects.create(group=group, position=1, text="Colour")
    red = ConfigurationOption.objects.create(question=colour, code="RED", name="Red")
    ConfiguredPart.objects.create(part=bike, group=group)
    _order, [row], [before] = sold(bike, shop, seller)
    trouble = row.transfer.trouble

    operations.configure_row(row=row, options=[red], by=seller)

    there = mirror_of(row)
    assert (before, trouble) == (None, f"{row}: configure it first; nobody has confirmed what is wanted of it.")
    assert (there.variant, there.configured_at is not None) == ("RED", True)
