"""The structure of a fictitious part that is on an order already, changed in one go."""

from decimal import Decimal

from erp.exceptions import Refused
from linkage.operation import operation
from sales.models import SalesOrderRow
from sales.operations.boxes import supplies_by_boxes
from sales.operations.following import follow_status
from sales.operations.rows import add_part, change_row, delete_row
from sales.operations.structures import settle_above, take_with_parts
from sales.operations.taking import check_row_open
from sales.operations.ties import links_in_words, open_links

ZERO = Decimal(0)
KEPT = ("quantity", "unit", "variant")


@operation
def change_structure(*, row, lines, by, nested="", seen=None, refused=None):
    """Change, delete and add parts below the row of a fictitious part, all of them or none; returns the row.

    ``lines``: (part below the row, what it is to be) each: a NewRow, None where it goes; without a part a NewRow is
    added. ``nested`` says how many nested fictitious parts there are (``sales.nesting``). ``seen`` is what
    ``seen_of`` said of the parts when somebody looked at them: refused where they are others now. A linked part is not
    made less here, where nobody is asked what becomes of what was made for it.
    """
    row, parts = take_with_parts(row, also=supplies_by_boxes([part or new for part, new in lines if new]))
    check_row_open(row)
    if not row.is_kit:
        raise Refused(f"{row} is not the row of a fictitious part: only those have a structure.")
    if seen is not None and seen != seen_of(open_parts(parts)):
        raise Refused(f"The parts of {row} were changed meanwhile: open the structure again.")
    if not any(new for _part, new in lines):
        raise Refused(f"Leave at least one part of {row}, or delete the row.")
    changed = [(part, new, _changes(part, new)) for part, new in lines if part and new]
    _check_links([part for part, new in lines if part and not new], changed)

    _change([(part, changes) for part, _new, changes in changed if changes], refused=refused, by=by)
    for new in (new for part, new in lines if not part):
        _add(row, new, refused=refused, by=by)
    for part in (part for part, new in lines if not new):
        delete_row(row=part, by=by)
    SalesOrderRow.objects.filter(pk=row.pk).update(nested=nested)
    return SalesOrderRow.objects.for_list().get(pk=row.pk)


def open_parts(parts):
    return [part for part in parts if not part.is_closed]


def seen_of(parts):
    """The parts as somebody has seen them, in a few words."""
    return " ".join(f"{part.pk}.{part.version}" for part in parts)


def _changes(part, new):
    """What is to be another one. A discount that was left empty is none."""
    wanted = {name: getattr(new, name) for name in KEPT} | {"discount": new.discount or ZERO}
    return {name: value for name, value in wanted.items() if value != getattr(part, name)}


def _change(parts, *, refused, by):
    """Change parts, (part, changes) each, and then what stands above them, once."""
    for part, changes in parts:
        change_row(row=part, **changes, settles=False, refused=refused, by=by)
    if parts:
        main = settle_above(parts[0][0])
        follow_status(main.order)


def _check_links(gone, changed):
    """What is linked is neither left out, made less, nor made as something else."""
    less = [part for part, new, changes in changed if _is_less(part, new, changes)]
    if links := open_links([*gone, *less]):
        linked = {link.demand_id for link in links}
        named = next(part for part in [*gone, *less] if part.demand_id in linked)
        raise Refused(
            f"{named} is linked: {links_in_words(links)}. Change or delete it in its own row: there it is asked what "
            "becomes of that."
        )


def _is_less(part, new, changes):
    return bool(changes.keys() & {"unit", "variant"}) or new.quantity < part.quantity


def _add(row, new, *, refused, by):
    facts = {name: getattr(new, name) for name in ("unit", "variant", "discount", "warehouse", "order_box")}
    within = tuple(filter(None, new.within.split(" / ")))
    add_part(row=row, part=new.part, quantity=new.quantity, within=within, **facts, refused=refused, by=by)
