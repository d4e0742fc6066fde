"""Numbers of documents: gapless, one series per company and kind."""

import threading

import pytest
from django.db import connection, transaction

from erp.register.models import NumberSeries
from erp.register.numbers import next_number, next_numbers
from tests.factories import CompanyFactory, NumberSeriesFactory


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "first"), [("sales", "S-1001"), ("production", "M-1001"), ("purchase", "P-1001")])
def test_next_number_of_a_missing_series_makes_it_with_its_prefix(kind, first):
    company = CompanyFactory()

    assert next_number(company, kind) == (first, 1001)
    assert next_number(company, kind).serial == 1002
    assert NumberSeries.objects.get(company=company).next_number == 1003


@pytest.mark.django_db
def test_next_numbers_takes_a_block_of_the_series(django_assert_num_queries):
    series = NumberSeriesFactory(prefix="K", next_number=7)

    with django_assert_num_queries(1):
        taken = next_numbers(series.company, "sales", 3)

    assert [number.number for number in taken] == ["K7", "K8", "K9"]
    assert next_number(series.company, "sales") == ("K10", 10)


@pytest.mark.django_db
def test_next_number_of_a_rolled_back_transaction_is_given_again():
    company = CompanyFactory()

    with transaction.atomic():
        next_number(company, "sales")
        transaction.set_rollback(True)

    assert next_number(company, "sales").serial == 1001


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_transactions_never_take_the_same_number():
    series = NumberSeriesFactory(next_number=1)
    taken = []

    def take():
        taken.append(next_number(series.company, "sales").serial)
        connection.close()

    with transaction.atomic():
        taken.append(next_number(series.company, "sales").serial)
        second = threading.Thread(target=take)
        second.start()
        second.join(0.3)
        had_to_wait = second.is_alive()
    second.join()

    assert had_to_wait
    assert taken == [1, 2]
