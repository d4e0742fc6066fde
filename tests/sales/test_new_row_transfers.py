"""The transfer profile of a new row: that of its part, another one, or none."""

from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from sales.models import PartTransfer, SalesOrder, SalesOrderRow, Transfer
from sales.operations import add_row, create_order
from tests.factories import PartFactory, PartnerFactory
from tests.sales.crossing import mirror_of


@pytest.fixture
def order(bike, shop, seller):
    return create_order(customer=PartnerFactory(), warehouse=shop, by=seller)


def typed(part, **said):
    facts = {"part": part.number, "quantity": "3", "row_status": "fixed", "operation_key": str(uuid4())}
    return facts | said


def profile_of(order):
    """The code of the profile that the one row of an order has."""
    row = SalesOrderRow.objects.get(order=order)
    return Transfer.objects.filter(row=row).values_list("profile__code", flat=True).first(), mirror_of(row) is not None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({}, ("T1", True), id="left as it is"),
        pytest.param({"transfer_profile": ""}, ("T1", True), id="as the part says"),
        pytest.param({"transfer_profile": "-"}, (None, False), id="left empty"),
        pytest.param({"transfer_profile": "T1"}, ("T1", True), id="chosen"),
    ],
)
def test_new_row_gets_the_profile_of_its_part_unless_somebody_says_otherwise(
    order, bike, seller_client, said, expected
):
    seller_client.post(reverse("sales:row_new", args=[order.pk]), typed(bike, **said))

    assert profile_of(order) == expected


def test_new_row_of_a_part_without_a_profile_may_be_given_one(order, seller_client):
    seller_client.post(reverse("sales:row_new", args=[order.pk]), typed(PartFactory(), transfer_profile="T1"))

    assert profile_of(order) == ("T1", True)


def test_new_row_with_a_profile_of_nobody_is_refused_at_the_field(order, bike, seller_client):
    page = seller_client.post(reverse("sales:row_new", args=[order.pk]), typed(bike, transfer_profile="T9"))

    assert (page.status_code, list(page.context["form"].errors)) == (422, ["transfer_profile"])
    assert not SalesOrderRow.objects.filter(order=order).exists()


def test_line_of_a_new_row_shows_what_the_part_says_and_keeps_what_is_typed(order, bike, seller_client):
    new = seller_client.get(reverse("sales:row_new", args=[order.pk]))
    url, asked = reverse("sales:row_date", args=[order.pk]), {"part": "BIKE", "transfer_profile": "-"}
    told = seller_client.get(url, asked)
    other = seller_client.get(url, {"part": PartFactory().number})

    assertContains(new, '<option value="" selected>as the part says</option>', html=True)
    assertContains(told, '<option value="">T1 (of the part)</option>', html=True)
    assertContains(told, '<option value="-" selected>none</option>', html=True)
    assertContains(other, '<option value="" selected>none (of the part)</option>', html=True)


def test_company_without_profiles_is_not_asked(profile, seller, seller_client):
    order = create_order(customer=PartnerFactory(), warehouse=profile.warehouse, by=seller)

    assertNotContains(seller_client.get(reverse("sales:row_new", args=[order.pk])), 'name="transfer_profile"')
    assertNotContains(seller_client.get(reverse("sales:order", args=[order.pk])), "Transfer profile")


def test_add_row_without_a_profile_makes_nothing_in_the_other_company(order, bike, seller):
    row = add_row(order=order, part=bike, quantity=1, transfer_profile=None, by=seller)

    assert (mirror_of(row), PartTransfer.objects.count(), SalesOrder.objects.count()) == (None, 1, 1)
