"""Steps of the operations that write dates of rows: what follows from what was typed, and one date for all."""

from erp.exceptions import Refused
from erp.register import settings_registry
from linkage.dates import business_date, work_days_of
from sales.dates import arrival, departure
from sales.queries import dates_that_differ
from sales.statuses import QUOTE, REGISTERED

FROZEN_DATES = ("desired_date", "initial_date")


def fill_dates(rows):
    """Give unsaved rows the dates that were left out: delivery date and date at the customer from each other, the
    first date as the initial one, today as the desired one.
    """
    rows, today = [row for row in rows if row.is_dated], business_date()
    on_the_road = [row.warehouse_id for row in rows if row.order.transport_days]
    days = work_days_of(on_the_road) if on_the_road else {}
    for row in rows:
        road = {"transport": row.order.transport_days, "days": days.get(row.warehouse_id)}
        if row.delivery_date is None:
            row.delivery_date = departure(row.at_customer_date, **road)
        elif row.at_customer_date is None:
            row.at_customer_date = arrival(row.delivery_date, **road)
        row.initial_date = row.initial_date or row.delivery_date
        row.desired_date = row.desired_date or today


class Following:
    """What the other dates of rows of one order become when somebody typed one, read once for all of them.

    ``follow``: a person's answer whether frozen dates change too; else the setting says.
    """

    def __init__(self, order, rows, *, follow=None):
        self._transport = order.transport_days
        self._days = work_days_of(row.warehouse_id for row in rows) if order.transport_days else {}
        self._stay = is_frozen(order) and not (follow or settings_registry.get("dates_after_freezing") == "follow")

    def write(self, row, before):
        """Let the dates of a row follow; ``before`` are its ``dates_of``. Returns the columns that changed with it.

        A sub-row has no dates of its own.
        """
        if not row.is_dated:
            return []
        return self.road(row, before) + self._delivery(row, before)

    def road(self, row, before):
        """The date at the customer follows the delivery date and the other way round; both typed, both stay."""
        road = {"transport": self._transport, "days": self._days.get(row.warehouse_id)}
        if row.at_customer_date and row.at_customer_date != before["at_customer_date"]:
            if row.delivery_date == before["delivery_date"]:
                row.delivery_date = departure(row.at_customer_date, **road)
                return ["delivery_date"]
            return []
        if row.delivery_date != before["delivery_date"] or row.at_customer_date != before["at_customer_date"]:
            row.at_customer_date = arrival(row.delivery_date, **road)
            return ["at_customer_date"]
        return []

    def _delivery(self, row, before):
        """Desired and initial date follow the delivery date until the order is confirmed; then the setting says.

        One that was typed with it stays as typed, and an empty one is filled in any case.
        """
        if row.delivery_date in (None, before["delivery_date"]):
            return []
        left = [name for name in FROZEN_DATES if getattr(row, name) in (None, before[name])]
        names = [name for name in left if getattr(row, name) is None or not self._stay]
        for name in names:
            setattr(row, name, row.delivery_date)
        return names


def leaves_to_be_there(row, there):
    """The delivery date of a row that somebody wants at the customer on a day; its own where none is said."""
    if there is None:
        return row.delivery_date
    return departure(there, transport=row.order.transport_days, days=work_days_of([row.warehouse_id])[row.warehouse_id])


def is_frozen(order):
    return order.status not in (QUOTE, REGISTERED)


def asks_to_follow(row, day):
    """Whether a person is asked what another delivery date does to the frozen dates of a row."""
    moves = day not in (None, row.delivery_date) and any(getattr(row, name) not in (None, day) for name in FROZEN_DATES)
    return moves and asks_when_frozen(row.order)


def asks_when_frozen(order):
    return is_frozen(order) and settings_registry.get("dates_after_freezing") == "ask"


def dates_of(row):
    return {name: getattr(row, name) for name in ("delivery_date", "at_customer_date", *FROZEN_DATES)}


def arrive_anew(rows, *, transport):
    """The transport time of their order changed: open rows are at the customer on another day. Returns what moved."""
    open_rows = [row for row in rows if row.is_dated and not row.is_closed]
    days = work_days_of(row.warehouse_id for row in open_rows)
    moved = []
    for row in open_rows:
        there = arrival(row.delivery_date, transport=transport, days=days[row.warehouse_id])
        if there != row.at_customer_date:
            row.at_customer_date = there
            moved.append(row)
    return moved


def check_one_date(order, rows):
    """Without partial delivery all rows leave on one day."""
    if wrong := dates_that_differ(order, rows):
        raise Refused(
            f"Partial delivery is not allowed, so all rows of {order} need the same delivery date as the first: "
            f"change {', '.join(str(row.position) for row in wrong)}, or all at once with Date of all rows."
        )


def why_not_on(day, *, order, row=None):
    """Why a row, or a new one, cannot leave on a day without partial delivery; or nothing."""
    if order.partial_delivery_allowed:
        return ""
    others = order.rows.exclude(pk=row.pk) if row else order.rows
    standing = others.main().goods().filter(closed_at=None).order_by("position")
    position, first = standing.values_list("position", "delivery_date").first() or (None, day)
    if first == day:
        return ""
    return (
        f"Partial delivery is not allowed, so it leaves with row {position} on {first or 'no date yet'}. Date of all "
        "rows changes all of them."
    )
