"""Which revision of its part a row is for: the active one, unless another is typed."""

from datetime import date

import pytest
from django.urls import reverse

from sales.cells import Look
from sales.columns import COLUMNS, shows
from sales.forms.parts import NewRowForm, RowForm
from sales.grids import grid
from sales.views.panels import row_form
from tests.factories import PartFactory, PartRevisionFactory
from tests.sales.factories import again, order_with, row_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def bike():
    """Of revisions A and B; B is active."""
    part = PartFactory(number="BIKE")
    PartRevisionFactory(part=part, code="A")
    part.active_revision = PartRevisionFactory(part=part, code="B")
    part.save()
    return part


def typed(revision, **facts):
    return {"part": "BIKE", "quantity": "1", "row_status": "fixed", "revision": revision} | facts


@pytest.mark.parametrize(("revision", "saved"), [("", "B"), ("A", "A"), ("a", "A"), ("b", "B")])
def test_new_row_has_the_active_revision_unless_another_is_typed(seller_client, seller, bike, revision, saved):
    order = order_with(by=seller)

    seller_client.post(reverse("sales:row_new", args=[order.pk]), typed(revision))

    assert order.rows.get().revision.code == saved


@pytest.mark.parametrize(
    ("part", "sentence"),
    [("BIKE", "BIKE has no revision C; it has A, B."), ("BELL", "BELL has no revisions.")],
)
def test_new_row_of_a_revision_that_the_part_does_not_have_is_refused(seller, bike, part, sentence):
    PartFactory(number="BELL")

    form = NewRowForm(typed("C", part=part), order=order_with(by=seller))

    assert form.errors["revision"] == [sentence]


def test_revision_is_changed_in_the_grid_where_its_column_is_shown(seller, bike):
    row = row_with(1, part=bike, by=seller)
    look = Look(row.order, COLUMNS, may_write=True)
    data = {"name": "Bike", "quantity": "1", "unit": row.unit.code, "unit_price": "0", "row_status": "fixed"}
    data |= {"warehouse": row.warehouse.code, "version": row.version, "delivery_date": date(2026, 3, 20)}

    form = RowForm(data | {"revision": "a"}, row=row)

    assert row_form(row, look).initial["revision"] == "B"
    assert (form.errors, form.cleaned_data["revision"].code) == ({}, "A")


def test_revision_that_is_not_the_active_one_is_in_italics_with_its_reason(seller, bike):
    row = row_with(1, part=bike, by=seller, row={"revision": bike.revisions.get(code="A")})

    assert str(shows.revision(grid(again(row).order)[0])) == (
        '<i tabindex="0" title="Not the active revision of the part, which is B.">A</i>'
        '<span class="visually-hidden">Not the active revision of the part, which is B.</span>'
    )
