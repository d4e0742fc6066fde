"""What an error in a row keeps from happening: a step of whatever would take a row or its order out."""

from erp.exceptions import Refused
from sales.errors import errors_of
from sales.operations.calculating import check_configured
from sales.operations.dates import check_one_date
from sales.operations.posting import check_accounts
from sales.operations.serials import check_counts


def check_whole(order, rows):
    """An order with an error in one of its rows is not registered, confirmed, printed or sent."""
    check_one_date(order, rows)
    check_counts(rows)
    check_accounts(rows)
    check_configured(rows)


def check_mended(rows):
    """A row with an error is not picked or delivered."""
    if wrong := errors_of(rows):
        names = {row.pk: row for row in rows}
        raise Refused(" ".join(f"{names[pk]}: {sentence}" for pk, sentence in wrong.items()))
