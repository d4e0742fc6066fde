"""What a new row is called: the name of its part in the customer's language, else in the user's."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.register.models import PartName
from sales import operations
from sales.naming import Names
from tests.factories import AddressFactory, PartFactory, PartnerFactory
from tests.sales.factories import order_with, row_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def part():
    part = PartFactory(name="Frame")
    for language, name in (("sv", "Ram"), ("de", "Rahmen")):
        PartName.objects.create(part=part, language=language, name=name)
    return part


@pytest.mark.parametrize(
    ("of_customer", "of_address", "of_user", "name"),
    [
        pytest.param("en", "sv", "de", "Ram", id="the mailing address"),
        pytest.param("de", "", "sv", "Rahmen", id="without a language of its own: the customer"),
        pytest.param("en", "", "sv", "Frame", id="the customer has the language of the register"),
        pytest.param("da", "", "sv", "Ram", id="not translated for the customer: the user"),
        pytest.param("da", "", "en", "Frame", id="not translated for either"),
        pytest.param("da", "", "", "Frame", id="a user without a language"),
    ],
)
def test_new_row_is_named_in_the_language_of_the_address_else_the_users(
    seller, part, of_customer, of_address, of_user, name
):
    seller.language = of_user
    customer = PartnerFactory(language=of_customer)
    AddressFactory(partner=customer, kind="mailing", language=of_address, is_default=True)
    AddressFactory(partner=customer, kind="delivery", language="de")
    order = order_with(1, part=part, customer=customer, by=seller)

    added = operations.add_row(order=order, part=part, quantity=Decimal(1), by=seller)

    assert (order.rows.first().name, added.name) == (name, name)


def test_default_mailing_address_speaks_for_the_customer(seller, part):
    customer = PartnerFactory()
    AddressFactory(partner=customer, kind="mailing", language="sv")
    AddressFactory(partner=customer, kind="mailing", language="de", is_default=True)

    assert row_with(1, part=part, customer=customer, by=seller).name == "Rahmen"


@pytest.mark.parametrize(
    ("on_row", "language", "said"),
    [
        pytest.param("Ram", "de", "Rahmen", id="of another language"),
        pytest.param("Frame", "sv", "Ram", id="of the register"),
        pytest.param("Ram", "en", "Frame", id="into the language of the register"),
        pytest.param("Ram", "da", "Ram", id="not translated: as on the row"),
        pytest.param("Blue frame", "de", "Blue frame", id="typed"),
    ],
)
def test_document_says_names_of_the_register_in_its_own_language(seller, part, on_row, language, said):
    row = row_with(1, part=part, by=seller, row={"name": on_row})
    row.name = on_row

    assert Names([row], language).of(row) == said


def test_name_that_is_typed_stays(seller, part):
    customer = PartnerFactory(language="sv")

    assert row_with(1, part=part, customer=customer, by=seller, row={"name": "Blue frame"}).name == "Blue frame"


def test_naming_asks_as_often_for_one_row_as_for_three(seller, part):
    customer = PartnerFactory(language="sv")

    asked = []
    for count in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            order_with(*[1] * count, part=part, customer=customer, by=seller)
        asked.append(len([query for query in queries if "register_partname" in query["sql"]]))

    assert asked == [1, 1]
