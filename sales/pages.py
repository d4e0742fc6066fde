"""Which rows of an order one page of its grid shows: a hundred main rows, each with what stands below it."""

from dataclasses import dataclass

from django.db.models import Count, Q

ROWS_A_PAGE = 100
BIGGEST = 2**31 - 1


@dataclass(frozen=True)
class RowPage:
    """One page: its number, and the ids of its main rows; ``count`` are all main rows of the order."""

    number: int
    count: int
    ids: list

    @property
    def pages(self):
        return max(-(-self.count // ROWS_A_PAGE), 1)

    @property
    def first(self):
        return (self.number - 1) * ROWS_A_PAGE + 1

    @property
    def last(self):
        return self.first + len(self.ids) - 1

    @property
    def previous(self):
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self):
        return self.number + 1 if self.number < self.pages else None

    def rows_of(self, order):
        return order.rows.filter(Q(pk__in=self.ids) | Q(parent__in=self.ids)) if self.ids else order.rows.none()


def page_of(order, *, number=1, position=None, without_delivered=False):
    """The page with this number, or the one where a main row with this position stands or would stand."""
    main = order.rows.main()
    main = main.exclude(closed_at__isnull=False, called_off=False) if without_delivered else main
    above = Count("pk", filter=Q(position__lt=min(position or 0, BIGGEST)))
    count, before = main.aggregate(count=Count("pk"), above=above).values()
    if position is not None:
        number = before // ROWS_A_PAGE + 1
    number = min(max(number, 1), max(-(-count // ROWS_A_PAGE), 1))
    start = (number - 1) * ROWS_A_PAGE
    ids = main.order_by("position").values_list("pk", flat=True)[start : start + ROWS_A_PAGE]
    return RowPage(number, count, list(ids))


def page_with(order, row, **shown):
    """The page on which a row stands; a sub-row stands with its main row."""
    return page_of(order, position=row.position or row.parent.position, **shown)


def last_page(order, **shown):
    return page_of(order, number=BIGGEST, **shown)


def asked_page(order, asked, **shown):
    """The page that a query string asks for by ``row``, ``position`` or ``page``; the first for what says nothing."""
    if row := number_in(asked.get("row")):
        row = order.rows.filter(pk=row).select_related("parent").first()
        return page_with(order, row, **shown) if row else page_of(order, **shown)
    if position := number_in(asked.get("position")):
        return page_of(order, position=position, **shown)
    return page_of(order, number=number_in(asked.get("page")) or 1, **shown)


def number_in(text):
    """The whole number that a query string says; 0 where it is none."""
    is_number = text and text.isascii() and text.isdigit() and len(text) < 19
    return min(int(text), 2**63 - 1) if is_number else 0
