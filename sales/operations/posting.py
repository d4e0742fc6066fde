"""Distributing a row over accounts and dimensions."""

from collections import defaultdict
from decimal import Decimal

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.operation import operation
from sales.models import AccountType, RowPosting, RowPostingValue
from sales.operations.taking import check_open, check_version, take_row
from sales.operations.types import check_goods
from sales.posting import WHOLE, account_types, without_account


@operation
def distribute(*, row, postings, by, version=None):
    """Post a row as the ``Posting``s say: those of each account type are 100 % together. Without any the row is posted
    as the matrix says. What is posted to account types that are switched off stays."""
    row = take_row(row)
    check_open(row.order)
    check_goods(row, "post")
    check_version(row, version, {})
    check_shares(postings)

    shown = {*account_types(), *(one.account_type for one in postings)}
    row.postings.filter(account_type__in=shown).delete()
    made = RowPosting.objects.bulk_create([_row_posting(row, one) for one in postings])
    RowPostingValue.objects.bulk_create(
        [
            RowPostingValue(posting=posting, dimension_id=dimension, value=value)
            for posting, one in zip(made, postings, strict=True)
            for dimension, value in one.values.items()
        ]
    )
    row.version += 1  # what is distributed is no column of the row, and its form is stale all the same
    row.save(update_fields=["version"])
    return row


def _row_posting(row, one):
    return RowPosting(
        row=row, account_type=one.account_type, account=one.account, share=one.share, specification=one.specification
    )


def check_shares(postings):
    """The shares of an account type sum to 100 %, each above 0 and with an account."""
    sums = defaultdict(Decimal)
    for one in postings:
        label = AccountType(one.account_type).label
        if one.account is None:
            raise Refused(f"{label}: choose an account for each share.")
        if one.share <= 0:
            raise Refused(f"{label}: a share is above 0 %.")
        sums[label] += one.share
    for label, total in sums.items():
        if total != WHOLE:
            raise Refused(f"{label}: the shares add up to {plain(total)} %; they must be 100 %.")


def copy_postings(row, made):
    """The parts of a split are posted as the whole."""
    own = list(row.postings.prefetch_related("values").order_by("pk"))
    copies = [(_row_posting(new, one), one) for new in made for one in own]
    RowPosting.objects.bulk_create([copy for copy, _one in copies])
    RowPostingValue.objects.bulk_create(
        [
            RowPostingValue(posting=copy, dimension_id=found.dimension_id, value_id=found.value_id)
            for copy, one in copies
            for found in one.values.all()
        ]
    )


def check_accounts(rows):
    """Where a sales account is mandatory an order is not registered without one on each row."""
    if missing := without_account(rows):
        names = ", ".join(str(row) for row in rows if row.pk in missing)
        raise Refused(f"A sales account is mandatory: give {names} one.")
