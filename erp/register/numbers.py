"""Gapless numbers of documents, one series per company and kind."""

from typing import NamedTuple

from django.db import connection

PREFIXES = {"sales": "S-", "production": "M-", "purchase": "P-", "serial number": "SN-"}
PREFIXES |= {"pick list": "PL-", "delivery": "D-", "invoice basis": "I-"}
FIRST = 1001

# Also the lock: the row is ours until the transaction ends, and a rollback gives the numbers back.
TAKE = """
    insert into register_numberseries as series (company_id, kind, prefix, next_number)
    values (%(company)s, %(kind)s, %(prefix)s, %(first)s + %(count)s)
    on conflict (company_id, kind) do update set next_number = series.next_number + %(count)s
    returning prefix, next_number - %(count)s
"""


class DocumentNumber(NamedTuple):
    """What people read, and the place in the series that orders are sorted by."""

    number: str
    serial: int


def next_number(company, kind):
    """The next number of the series; call it last in the transaction, since everybody else waits for it."""
    return next_numbers(company, kind, 1)[0]


def next_numbers(company, kind, count):
    """So many numbers in a row, in one statement. A missing series is created with its usual prefix."""
    facts = {"company": company.pk, "kind": kind, "prefix": PREFIXES.get(kind, ""), "first": FIRST, "count": count}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, facts)
        prefix, first = cursor.fetchone()
    return [DocumentNumber(f"{prefix}{serial}", serial) for serial in range(first, first + count)]
