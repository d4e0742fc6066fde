"""Two people in one order: whoever is overtaken loses nothing and takes nothing back."""

import html
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.web.opened import shown_in
from sales import operations
from sales.models import SalesOrderRow
from tests.sales.factories import again, order_with, row_with

HTMX = {"HX-Request": "true"}


def as_sent(form):
    """What a browser sends of a form that nobody touched."""
    return {name: value for name in form.fields if (value := shown_in(form, name))}


def opened(client, row):
    """What the form of a row holds when it is opened, as a browser would send it."""
    page = client.get(reverse("sales:row_edit", args=[row.pk]), headers=HTMX)
    form = page.context["form"]
    data = as_sent(form)
    hidden = re.search(r'name="opened" value="([^"]*)"', page.text)[1]
    return data | {"opened": html.unescape(hidden)}


def save(client, row, data, **typed):
    return client.post(reverse("sales:row_edit", args=[row.pk]), data | typed, headers=HTMX)


def sent_again(answer, data, **typed):
    """The form as it came back, sent as it is."""
    form = answer.context["form"]
    return data | as_sent(form) | {"opened": form.data["opened"]}


@pytest.fixture
def row(seller):
    return row_with(10, by=seller)


def test_other_cells_of_one_row_are_both_kept(row, seller, seller_client):
    data = opened(seller_client, row)
    operations.change_row(row=row, quantity=Decimal(12), by=seller)

    answer = save(seller_client, row, data, name="City bike, red")
    saved = save(seller_client, row, sent_again(answer, data))

    assertContains(answer, "Quantity: now 12, which stays.", status_code=409)
    assert (answer.context["form"]["quantity"].value(), answer.context["form"]["name"].value()) == (
        "12",
        "City bike, red",
    )
    assert (saved.status_code, again(row).quantity, again(row).name) == (200, 12, "City bike, red")


def test_the_same_cell_shows_both_values_and_keeps_what_was_typed(row, seller, seller_client):
    data = opened(seller_client, row)
    operations.change_row(row=row, quantity=Decimal(12), by=seller)

    answer = save(seller_client, row, data, quantity="11")

    assertContains(answer, "Quantity: now 12, you typed 11.", status_code=409)
    assert answer.context["form"]["quantity"].value() == "11"


def test_a_third_change_between_the_two_is_noticed_again(row, seller, seller_client):
    data = opened(seller_client, row)
    operations.change_row(row=row, quantity=Decimal(12), by=seller)
    answer = save(seller_client, row, data, name="Red")
    operations.change_row(row=again(row), quantity=Decimal(13), by=seller)

    third = save(seller_client, row, sent_again(answer, data))
    save(seller_client, row, sent_again(third, data))

    assertContains(third, "Quantity: now 13, which stays.", status_code=409)
    assert (again(row).quantity, again(row).name) == (13, "Red")


@pytest.mark.parametrize("posted", ["", "{", "[1]", '"x"', '{"quantity": 7}', "x" * 30_000])
def test_a_form_that_says_nonsense_of_how_it_was_opened_counts_as_typed(row, seller, seller_client, posted):
    data = opened(seller_client, row) | {"opened": posted}
    operations.change_row(row=row, quantity=Decimal(12), by=seller)

    answer = save(seller_client, row, data, name="Red")

    assertContains(answer, "Quantity: now 12, you typed 10.", status_code=409)


def test_rows_that_are_added_and_numbered_anew_disturb_nobody(seller, seller_client):
    order = order_with(10, 4, by=seller)
    first, second = order.rows.order_by("position")
    data = opened(seller_client, second)
    for _time in range(5):  # 15, 17, 18, 19, and then all are numbered anew
        operations.add_row(order=order, before=again(second), part=first.part, quantity=Decimal(1), by=seller)

    saved = save(seller_client, second, data, name="Light, bright")

    assert (saved.status_code, again(second).position, again(second).name) == (200, 70, "Light, bright")
    assert [row.position for row in order.rows.order_by("position")] == [10, 20, 30, 40, 50, 60, 70]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_row_that_was_deleted_meanwhile_is_said_to_be_gone(row, seller, seller_client, headers):
    data = opened(seller_client, row)
    operations.delete_row(row=row, by=seller)

    answer = seller_client.post(reverse("sales:row_edit", args=[row.pk]), data | {"name": "Red"}, headers=headers)

    assertContains(answer, f"This row was deleted meanwhile by {seller}. Nothing was saved.", status_code=409)
    assert not SalesOrderRow.objects.exists()


def test_a_row_that_somebody_changed_meanwhile_is_not_deleted(row, seller, seller_client):
    page = seller_client.get(reverse("sales:row_delete", args=[row.pk]))
    version = page.context["form"]["version"].value()
    operations.change_row(row=row, quantity=Decimal(12), by=seller)

    url = reverse("sales:row_delete", args=[row.pk])
    answer = seller_client.post(
        url, {"version": version, "operation_key": page.context["form"]["operation_key"].value()}
    )

    assertContains(answer, "Somebody else changed", status_code=409)
    assert again(row).quantity == 12
