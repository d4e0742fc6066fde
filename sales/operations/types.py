"""What each type of row asks for, in a sentence; the database holds the same as constraints."""

from erp.exceptions import Refused
from sales.formatting import cleaned, plain_of
from sales.models import RowType
from sales.money import check_amount


def check_row(row, *, units):
    """Refuse what the type of the row does not allow."""
    _check_company(row)
    CHECKS[row.row_type](row, units)
    if row.is_goods:
        check_amount(row, currency=row.order.currency)


def check_goods(row, doing):
    """Total and text rows carry no goods: nothing is ordered, split or delivered of them."""
    if not row.is_goods:
        raise Refused(f"{row} is a {row.get_row_type_display().lower()} row: there is nothing to {doing}.")


def check_part(row, doing):
    if not row.is_part:
        raise Refused(f"{row} is not a row of a part of the register: there is nothing to {doing}.")


def _check_company(row):
    """What a row is linked to lies in its warehouse: one of another company would make links cross companies."""
    company = row.order.document.company
    if row.warehouse.company_id != company.pk:
        raise Refused(
            f"{row.warehouse} is a warehouse of {row.warehouse.company}, and the order is of {company}. What another "
            "company delivers is transferred to it."
        )


def _check_part_row(row, units):
    if row.part is None:
        raise Refused("Choose a part, or make it an additional row.")
    if row.parent_id and row.part.is_phantom:
        raise Refused(f"{row.part} is fictitious; it cannot stand on a sub-row.")
    if row.revision is not None and row.revision.part_id != row.part_id:
        raise Refused(f"{row.revision} is no revision of {row.part}.")
    units.check(part=row.part, quantity=row.quantity, unit=row.unit)


def _check_additional_row(row, _units):
    if not row.name:
        raise Refused("An additional row needs a name.")
    if row.quantity == 0:
        raise Refused("Enter a quantity other than 0; below 0 takes something off.")


def _check_total_row(row, _units):
    if row.parent_id:
        raise Refused("A total row is a main row.")
    if not row.name:
        raise Refused("A total row needs a name.")


def _check_text_row(row, _units):
    if not row.text.strip():
        raise Refused("Enter the text.")
    if row.formatted and (row.formatted != cleaned(row.formatted) or plain_of(row.formatted) != row.text):
        raise Refused(f"{row}: the formatted text and its plain words are not the same.")


CHECKS = {
    RowType.PART: _check_part_row,
    RowType.ADDITIONAL: _check_additional_row,
    RowType.TOTAL: _check_total_row,
    RowType.TEXT: _check_text_row,
}
