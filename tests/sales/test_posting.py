"""How rows are posted: the matrix, the row's own account, the distribution and what is mandatory."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from erp.register import operations as register
from sales import operations
from sales.columns import PAGE, choices_for, columns_for, posting
from sales.grids import grid
from sales.models import (
    Account,
    AccountType,
    Dimension,
    DimensionValue,
    OrderType,
    PostingRule,
    PostingRuleValue,
    RowPosting,
)
from sales.operations import NewPart
from sales.posting import Posting, Postings, accounts_in_words, sales_postings, values_in_words
from sales.statuses import QUOTE
from tests.factories import PartFactory, PartGroupFactory
from tests.sales.factories import again, order_with, row_with

pytestmark = pytest.mark.django_db


def choose(user, *columns):
    register.choose_columns(page=PAGE, columns=list(columns), by=user)
    user.refresh_from_db()


def account(number):
    return Account.objects.get_or_create(number=number, defaults={"name": "Sales"})[0]


def rule(number, **facts):
    return PostingRule.objects.create(account=account(number), **facts)


def value(dimension, code):
    made, _new = Dimension.objects.get_or_create(code=dimension, defaults={"name": dimension})
    return DimensionValue.objects.create(dimension=made, code=code, name=code)


def posted(row):
    return [(one.account and one.account.number, one.share) for one in Postings([row]).of(row)]


def test_matrix_line_that_says_most_counts(seller):
    group, kind = PartGroupFactory(), OrderType.objects.create(code="WEB", name="Web")
    part = PartFactory(group=group)
    rows = {
        "all": row_with(1, by=seller),
        "order type": row_with(1, order_type=kind, by=seller),
        "part group": row_with(1, part=part, by=seller),
        "both": row_with(1, part=part, order_type=kind, by=seller),
    }
    rule("3000")
    rule("3010", order_type=kind)
    rule("3020", part_group=group)
    rule("3030", part_group=group, order_type=kind)

    assert {name: accounts_in_words(sales_postings([row]))[row.pk] for name, row in rows.items()} == {
        "all": "3000 Sales",
        "order type": "3010 Sales",
        "part group": "3020 Sales",
        "both": "3030 Sales",
    }


def test_account_of_the_row_comes_before_the_matrix(seller):
    rule("3000")
    row = operations.change_row(row=row_with(1, by=seller), sales_account=account("3900"), by=seller)

    assert posted(row) == [("3900", 100)]


def test_dimensions_of_the_matrix_are_the_default_of_their_column(seller):
    line = rule("3000")
    place = value("CC", "110")
    PostingRuleValue.objects.create(rule=line, dimension=place.dimension, value=place)
    row = row_with(1, by=seller)

    postings = sales_postings([row])
    assert [values_in_words(postings, one) for one in (place.dimension, value("PROJ", "P7").dimension)] == [
        {row.pk: "110"},
        {row.pk: ""},
    ]


def test_database_refuses_a_value_of_another_dimension(seller):
    other = value("PROJ", "P7")
    place = value("CC", "110")

    with pytest.raises(IntegrityError, match="values of its own dimensions"), transaction.atomic():
        PostingRuleValue.objects.create(rule=rule("3000"), dimension=place.dimension, value=other)


def shares(*pairs, **facts):
    return [Posting(account=account(number), share=Decimal(share), **facts) for number, share in pairs]


def test_distribute_posts_a_row_on_several_accounts(seller):
    rule("3000")
    row, place = row_with(1, by=seller), value("CC", "110")
    first, second = shares(("3000", "66.6667"), ("3100", "33.3333"), specification="Fair")

    second = Posting(account=second.account, share=second.share, values={place.dimension_id: place})

    operations.distribute(row=row, postings=[first, second], by=seller)

    assert posted(row) == [("3000", Decimal("66.6667")), ("3100", Decimal("33.3333"))]
    assert values_in_words(sales_postings([row]), place.dimension) == {row.pk: "110"}
    assert list(row.postings.values_list("specification", flat=True)) == ["Fair", ""]


def test_distribute_nothing_goes_back_to_the_matrix(seller):
    rule("3000")
    row = row_with(1, by=seller)
    operations.distribute(row=row, postings=shares(("3100", "100")), by=seller)

    operations.distribute(row=row, postings=[], by=seller)

    assert posted(row) == [("3000", 100)]


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ([("3000", "60"), ("3100", "30")], "Sales: the shares add up to 90 %; they must be 100 %"),
        ([("3000", "60"), ("3100", "40.0001")], "Sales: the shares add up to 100.0001 %; they must be 100 %"),
        ([("3000", "100"), ("3100", "0")], "Sales: a share is above 0 %"),
    ],
)
def test_distribute_refuses_shares_that_are_not_100(seller, pairs, sentence):
    with pytest.raises(Refused, match=sentence):
        operations.distribute(row=row_with(1, by=seller), postings=shares(*pairs), by=seller)


def test_database_refuses_shares_that_are_not_100(seller):
    RowPosting.objects.create(row=row_with(1, by=seller), account=account("3000"), share=100)

    with pytest.raises(IntegrityError, match="100 % together"), transaction.atomic():
        _make_it_90()


def _make_it_90():
    RowPosting.objects.update(share=90)
    connection.check_constraints()


def test_extra_account_types_are_there_by_setting(seller, admin_user):
    row = row_with(1, by=seller)
    rule("3000")
    rule("3050", account_type=AccountType.SETUP)
    rule("4000", account_type=AccountType.MATERIAL)
    rule("1400", account_type=AccountType.STOCK)
    without = posted(row)
    for name in ("posting_setup", "posting_material", "posting_stock"):
        register.change_setting(name=name, value=True, by=admin_user)

    assert (without, posted(row)) == (
        [("3000", 100)],
        [("3000", 100), ("3050", 100), ("4000", 100), ("1400", 100)],
    )


def test_split_row_is_posted_as_the_whole(seller):
    row = row_with(10, by=seller)
    operations.distribute(row=row, postings=shares(("3000", "60"), ("3100", "40")), by=seller)

    parts = operations.split_row(row=again(row), parts=[NewPart(quantity=Decimal(5))] * 2, by=seller)

    assert [posted(part) for part in parts] == [[("3000", 60), ("3100", 40)]] * 2


def test_register_needs_a_sales_account_where_it_is_mandatory(seller, admin_user):
    order = order_with(1, 1, status=QUOTE, by=seller)
    register.change_setting(name="sales_account_mandatory", value=True, by=admin_user)
    operations.change_row(row=order.rows.for_list().get(position=10), sales_account=account("3000"), by=seller)

    marks = [[(mark.words, mark.blocks) for mark in row.marks if mark.column == "sales_account"] for row in grid(order)]
    with pytest.raises(Refused, match=f"A sales account is mandatory: give {order}/20 one"):
        operations.register_order(order=order, by=seller)
    rule("3900")

    assert marks == [[], [("Give the row a sales account.", True)]]
    assert operations.register_order(order=order, by=seller).status == "registered"


def test_distribution_window_saves_what_is_typed(seller, seller_client):
    row, place = row_with(1, by=seller), value("CC", "110")
    url = reverse("sales:row_posting", args=[row.pk])
    one, two = account("3000"), account("3100")
    data = {"type-0": "sales", "account-0": one.pk, "share-0": "75", f"value_{place.dimension_id}-0": place.pk}
    data |= {"type-1": "sales", "account-1": two.pk, "share-1": "25", "specification-1": "Fair", "type-2": "sales"}

    answer = seller_client.post(url, data | {"share-2": "", "version": row.version})
    page = seller_client.get(url)

    assert answer.status_code == 302
    assert posted(row) == [("3000", 75), ("3100", 25)]
    assert values_in_words(sales_postings([row]), place.dimension) == {row.pk: "110"}
    assertContains(page, "Fair")


def test_distribution_window_says_what_is_missing_and_keeps_what_is_typed(seller, seller_client):
    row = row_with(1, by=seller)
    data = {"type-0": "sales", "account-0": account("3000").pk, "share-0": "75", "version": row.version}

    answer = seller_client.post(reverse("sales:row_posting", args=[row.pk]), data)

    assertContains(answer, "Sales: the shares add up to 75 %; they must be 100 %.", status_code=422)
    assertContains(answer, 'value="75"', status_code=422)


def test_distribution_of_somebody_else_is_noticed_and_what_is_typed_stays(seller, seller_client):
    row = row_with(1, by=seller)
    url = reverse("sales:row_posting", args=[row.pk])
    operations.distribute(row=row, postings=shares(("3100", "100")), by=seller)
    data = {"account-0": account("3000").pk, "share-0": "33.3333", "account-1": account("3100").pk}
    data |= {"share-1": "66.6667", "version": row.version}

    stale = seller_client.post(url, data)
    fresh = seller_client.post(url, data | {"version": stale.context["form"]["version"].value()})

    assertContains(stale, "Somebody else changed", status_code=409)
    assertContains(stale, 'value="33.3333"', status_code=409)
    assert fresh.status_code == 302
    assert posted(row) == [("3000", Decimal("33.3333")), ("3100", Decimal("66.6667"))]


def test_distribution_of_a_closed_order_is_refused_with_what_is_typed(seller, seller_client):
    row = row_with(1, by=seller)
    operations.cancel_order(order=row.order, by=seller)
    data = {"account-0": account("3000").pk, "share-0": "100", "version": again(row).version}

    answer = seller_client.post(reverse("sales:row_posting", args=[row.pk]), data)

    assertContains(answer, "is cancelled and cannot be changed", status_code=409)
    assertContains(answer, 'value="100"', status_code=409)


def test_share_has_four_decimals(seller, seller_client):
    row = row_with(1, by=seller)
    data = {"account-0": account("3000").pk, "share-0": "33.33333", "version": row.version}

    answer = seller_client.post(reverse("sales:row_posting", args=[row.pk]), data)

    assertContains(answer, "at most 4 decimals", status_code=422)


def test_account_and_value_out_of_use_stay_where_they_stand(seller, seller_client):
    row, place = row_with(1, by=seller), value("CC", "110")
    [one] = shares(("3000", "100"), values={place.dimension_id: place})
    row = operations.distribute(row=row, postings=[one], by=seller)
    Account.objects.update(is_active=False)
    DimensionValue.objects.update(is_active=False)
    data = {"account-0": one.account.pk, f"value_{place.dimension_id}-0": place.pk, "share-0": "100"}

    answer = seller_client.post(reverse("sales:row_posting", args=[row.pk]), data | {"version": row.version})

    assert answer.status_code == 302
    assert (posted(row), values_in_words(sales_postings([row]), place.dimension)) == ([("3000", 100)], {row.pk: "110"})


def test_distribution_leaves_account_types_alone_that_are_switched_off(seller, admin_user):
    row = row_with(1, by=seller)
    register.change_setting(name="posting_material", value=True, by=admin_user)
    material = shares(("4000", "100"), account_type=AccountType.MATERIAL)
    operations.distribute(row=row, postings=[*shares(("3000", "100")), *material], by=seller)
    register.change_setting(name="posting_material", value=False, by=admin_user)

    operations.distribute(row=row, postings=shares(("3100", "100")), by=seller)

    assert set(row.postings.values_list("account__number", flat=True)) == {"3100", "4000"}


@pytest.mark.parametrize("row_count", [1, 3])
def test_postings_of_many_rows_take_a_constant_number_of_statements(seller, django_assert_num_queries, row_count):
    rule("3000")
    rows = list(order_with(*[1] * row_count, by=seller).rows.for_list())

    with django_assert_num_queries(4):
        postings = Postings(rows)
        found = [postings.of(row) for row in rows]

    assert len(found) == row_count


def test_each_dimension_is_a_column_however_many_there_are(seller, django_assert_num_queries):
    places = [value(f"D{number:02}", f"V{number}") for number in range(1, 13)]
    line = rule("3000")
    for place in places:
        PostingRuleValue.objects.create(rule=line, dimension=place.dimension, value=place)
    row = row_with(1, by=seller)
    names = [f"dimension_{place.dimension_id}" for place in places]

    before = [column.name for column in columns_for(seller, row.order)]
    offered = [choice.name for choice in choices_for(seller) if choice.name.startswith("dimension_")]
    choose(seller, "part", *names)
    shown = [column for column in columns_for(seller, row.order) if column.name in names]

    assert (names == offered, [name for name in before if name in names]) == (True, [])
    postings = sales_postings([row])
    assert [column.load([row], postings)[row.pk] for column in shown] == [place.code for place in places]
    with django_assert_num_queries(1):
        posting.of_dimensions(names)


def test_a_renamed_dimension_keeps_its_column(seller):
    place = value("CC", "110")
    choose(seller, f"dimension_{place.dimension_id}")
    Dimension.objects.update(name="Cost centre", rank=7)

    labels = [str(column.label) for column in columns_for(seller, row_with(1, by=seller).order)]

    assert "Cost centre" in labels
