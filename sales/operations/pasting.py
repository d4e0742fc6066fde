"""Many new rows at once, as somebody pastes them from a spreadsheet."""

from erp.exceptions import Refused
from linkage.operation import operation
from sales.operations.rows import add_row


@operation
def paste_rows(*, order, lines, by, refused=None):
    """Add a main row for each of the lines (facts of NewRow) at the end of the order: all of them or none."""
    made = []
    for number, facts in enumerate(lines, start=1):
        try:
            made.append(add_row(order=order, **facts, by=by, refused=refused))
        except Refused as refusal:
            raise Refused(f"Row {number} of {len(lines)}: {refusal}") from None
    return made
