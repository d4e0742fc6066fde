"""Where rows stand in their order. Numbers are never given by hand.

Rows are numbered anew by one statement, however many there are; no row is read for it.
"""

from dataclasses import dataclass
from itertools import count

from django.db import connection
from django.db.models import Max

from erp.exceptions import Refused
from linkage.models import Demand
from linkage.numbering import in_tens, positions_between
from linkage.operation import StartOver
from sales.models import SalesOrderRow
from sales.operations.taking import take_order
from sales.statuses import QUOTE

# The rows from a position on leave room for new ones in front of them.
NUMBER_ANEW = """
update sales_salesorderrow r set position = n.position
from (
  select id, 10 * (row_number() over (order by position) + case when position > %(after)s then %(room)s else 0 end)
    as position
  from sales_salesorderrow where order_id = %(order)s and parent_id is null
) n
where n.id = r.id and r.position <> n.position
"""
TELL_DEMANDS = """
update linkage_demand d set position = coalesce(above.position, r.position)
from sales_salesorderrow r
left join sales_salesorderrow above on above.id = r.parent_id
where r.demand_id = d.id and r.order_id = %(order)s and d.position <> coalesce(above.position, r.position)
"""


@dataclass(frozen=True)
class Place:
    """Room for new main rows: after a position (0: first), before another (None: last).

    Without ``numbers`` no number is free there, or the order is a quote, and all rows are numbered anew.
    """

    after: int
    before: int | None
    numbers: list | None


def take_place(order, find, *, count, rows=(), also=()):
    """Lock the order for ``count`` new rows in the place that ``find(order)`` says: (position after, position before).

    Returns the order, the rows and the Place. Where all rows are numbered anew their demands are held, too; otherwise
    a row is put into an order of ten thousand as quickly as into one of three.
    """
    held = None if find is at_the_end or _place(order, find, count).numbers else set(_demands(order))
    order, rows = take_order(order, rows=rows, also=also, held=held or ())
    place = _place(order, find, count)
    if not place.numbers and held != set(_demands(order)):
        raise StartOver
    return order, rows, place


def make_room(order, place, new):
    """Give the unsaved rows their positions, once the order is locked; their sub-rows and demands follow."""
    numbers = place.numbers or _number_anew(order, place.after, len(new))
    for row, position in zip(new, numbers, strict=True):
        row.position = position


def close_ranks(order):
    """Number the rows of a quote in tens again."""
    _number_anew(order, 0, 0)


def at_the_end(order):
    return order.rows.aggregate(last=Max("position"))["last"] or 0, None


def before_row(row):
    """In front of a main row of the order."""

    def find(order):
        position = _position_of(row, order)
        last = order.rows.filter(position__lt=position).aggregate(last=Max("position"))["last"]
        return last or 0, position

    return find


def behind_row(row):
    """Right behind a main row of the order."""

    def find(order):
        position = _position_of(row, order)
        following = order.rows.filter(position__gt=position).order_by("position")
        return position, following.values_list("position", flat=True).first()

    return find


def _position_of(row, order):
    position = order.rows.main().filter(pk=row.pk).values_list("position", flat=True).first()
    if position is None:
        raise Refused(f"{row} is not a row of this order.")
    return position


def next_line(row):
    """Where one more sub-row stands below a main row."""
    return next(next_lines([row])[row.pk])


def next_lines(rows):
    """{main row id: where more sub-rows stand below it, one after the other}"""
    below = SalesOrderRow.objects.filter(parent__in=[row.pk for row in rows]).order_by()
    last = dict(below.values_list("parent").annotate(last=Max("line")))
    return {row.pk: count(last.get(row.pk, 0) + 1) for row in rows}


def _place(order, find, count):
    after, before = find(order)
    is_quote_in_between = order.status == QUOTE and before is not None
    return Place(after, before, None if is_quote_in_between else positions_between(after, before, count))


def _demands(order):
    return Demand.objects.filter(document=order.document_id).values_list("pk", flat=True)


def _number_anew(order, after, room):
    """The positions that are left free for ``room`` new rows."""
    before = order.rows.main().filter(position__lte=after).count() if after else 0
    with connection.cursor() as cursor:
        cursor.execute(NUMBER_ANEW, {"order": order.pk, "after": after, "room": room})
        cursor.execute(TELL_DEMANDS, {"order": order.pk})
    return in_tens(before + room)[before:]
