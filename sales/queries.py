"""Questions about sales orders, answered in as few statements as possible."""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.register.models import LotSizing, PartType, User
from erp.register.roles import may
from erp.register.units import plain
from linkage.dates import business_date
from linkage.models import Demand, Elsewhere, OrderLink, Provenance, Status, Supply, SupplyKind
from linkage.owners import urls_of
from linkage.queries import made_from, short
from linkage.queries.certainty import with_certainty
from sales.models import DeliveryRow, RowType, SalesOrder, SalesOrderRow
from sales.money import ZERO, with_amounts
from sales.statuses import DELIVERED, LIVE, PARTLY, OrderStatus, RowStatus


def standing_dates(rows):
    """The rows that have a date of their own and are still to be delivered, by position."""
    return sorted((row for row in rows if row.is_dated and not row.is_closed), key=lambda row: row.position)


def dates_that_differ(order, rows):
    """Rows whose date is not the first row's although the order must leave on one day."""
    standing = [] if order.partial_delivery_allowed else standing_dates(rows)
    return [row for row in standing if row.delivery_date != standing[0].delivery_date]


def first_date_of(order):
    """The delivery date of the order's first row that has one; all others share it without partial delivery."""
    standing = order.rows.main().goods().filter(closed_at=None)
    return standing.order_by("position").values_list("delivery_date", flat=True).first()


def holds_links(row):
    """Whether a row or what stands below it is linked: else a change of it touches no other order."""
    ends = (
        Q(demand=row.demand_id) | Q(demand__sales_row__parent=row)
        if row.demand_id
        else Q(demand__sales_row__parent=row)
    )
    return OrderLink.objects.open().filter(ends).exists()


def has_delivered_rows(order):
    """Whether a main row has its final delivery."""
    return order.rows.main().filter(closed_at__isnull=False, called_off=False).exists()


def has_deliveries(order):
    """Whether anything of the order is delivered."""
    return _served(order).exists() or _closed_without_demand(order).exists()


def _served(order):
    """Its demands of which something is delivered; an index knows them."""
    return Demand.objects.filter(document=order.document_id, done__gt=0)


def _closed_without_demand(order):
    """Its rows without a demand that are delivered; an index knows the closed ones."""
    return order.rows.goods().filter(demand=None, closed_at__isnull=False, called_off=False)


def begun_deliveries(rows, order):
    """{row id: whether something of it is delivered}, of a fictitious part something of its parts."""
    kits = [row.pk for row in rows if row.is_kit]
    parts = SalesOrderRow.objects.filter(parent__in=kits, demand__done__gt=0).values_list("parent", flat=True)
    begun = set(parts) if kits else set()
    return {row.pk: bool(row.delivered) or row.pk in begun or (row.is_closed and not row.is_cancelled) for row in rows}


def row_beside(row):
    """Where one goes on when a row is gone: the row that it stands below, the next main row, else the one above."""
    if row.parent_id:
        return row.parent
    others = row.order.rows.main().exclude(pk=row.pk).order_by("position")
    return others.filter(position__gt=row.position).first() or others.last()


def status_of(order):
    """The status that deliveries give a live order."""
    if order.status not in LIVE:
        return order.status
    served = _served(order).exclude(status=Status.CANCELLED)
    if not (served.exists() or _closed_without_demand(order).exists()):
        return order.before_delivery
    is_open = order.rows.goods().standing().filter(closed_at=None).exists()
    return PARTLY if is_open else DELIVERED


def statuses_of(orders):
    """{order id: the status that deliveries give it}; of several in one statement, of one as fast as it can be."""
    if len(orders) == 1:
        return {order.pk: status_of(order) for order in orders}
    live = [order.pk for order in orders if order.status in LIVE]
    gone = Q(demand__done__gt=0) | Q(demand=None, closed_at__isnull=False)
    rows = SalesOrderRow.objects.goods().standing().filter(order__in=live).order_by().values_list("order")
    counts = rows.annotate(delivered=Count("pk", filter=gone), open=Count("pk", filter=Q(closed_at=None)))
    found = {order: (delivered, waiting) for order, delivered, waiting in counts}
    return {order.pk: _status(order, *found.get(order.pk, (0, 0))) for order in orders}


def _status(order, delivered, waiting):
    if order.status not in LIVE:
        return order.status
    if not delivered:
        return order.before_delivery
    return PARTLY if waiting else DELIVERED


def rows_without_linked_order(*, date_from=None, date_to=None, order=None):
    """Dated fixed rows of order-oriented made parts that no production order was ever made from, by need.

    An order that was made and disconnected still counts; a cancelled one does not.
    """
    made = Provenance.objects.filter(demand=OuterRef("demand"), supply__kind=SupplyKind.PRODUCTION)
    rows = (
        SalesOrderRow.objects.filter(
            ~Exists(made.exclude(supply__status=Status.CANCELLED)),
            order__status__in=LIVE,
            row_type=RowType.PART,
            row_status=RowStatus.FIXED,
            part__part_type=PartType.MANUFACTURED,
            part__lot_sizing=LotSizing.LINKED,
            delivery_date__isnull=False,
            demand__uncovered__gt=0,
            demand__elsewhere=None,
            closed_at=None,
        )
        .with_ordered_on()
        .for_list()
        .order_by("demand__need_date", "demand__priority", "demand_id")
    )
    if date_from:
        rows = rows.filter(counts_as_ordered_on__gte=date_from)
    if date_to:
        rows = rows.filter(counts_as_ordered_on__lte=date_to)
    return rows.filter(order=order) if order else rows


def orders_for_list(*, user):
    """The order list: number of rows, the next date, and whether something open is late."""
    today = business_date()
    rows = SalesOrderRow.objects.main().filter(order=OuterRef("pk")).order_by().values("order")
    return (
        SalesOrder.objects.visible_to(user)
        .for_list()
        .annotate(  # subqueries, which counting the pages leaves out
            row_count=Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0),
            next_date=Subquery(rows.goods().filter(closed_at=None).annotate(next=Min("delivery_date")).values("next")),
            value=Coalesce(Subquery(_values(SalesOrderRow.objects.filter(order=OuterRef("pk")).order_by())), ZERO),
            is_late=Exists(late_demands(today=today).filter(document=OuterRef("document"))),
        )
    )


def _values(rows):
    """What the rows of an order are worth in its currency; cancelled rows nothing."""
    standing = rows.priced().standing().exclude(order__status=OrderStatus.CANCELLED)
    return with_amounts(standing).values("order").annotate(total=Sum("amount")).values("total")


def rows_for_list(*, user):
    """All sales rows, with what they are worth, what is still to be delivered and whether it will be late."""
    late = late_demands(today=business_date()).filter(pk=OuterRef("demand"))
    return with_amounts(SalesOrderRow.objects.goods().visible_to(user).for_list()).annotate(is_late=Exists(late))


def late_demands(*, today):
    """Open demands whose date has passed, or whose supply comes after it: linked, or made by another company."""
    too_late = OrderLink.objects.filter(
        demand=OuterRef("pk"), to_come__gt=0, supply__due_date__gt=OuterRef("need_date")
    )
    comes_late = Elsewhere.objects.filter(
        demand=OuterRef("pk"), to_come__gt=0, there__need_date__gt=OuterRef("need_date")
    )
    return Demand.objects.open().filter(Q(need_date__lt=today) | Exists(too_late) | Exists(comes_late))


def short_by_order(documents, *, today=None):
    """{document id: how many of its demands are short}, in one window statement."""
    demands = dict(Demand.objects.open().filter(document__in=documents).values_list("pk", "document"))
    counts = {}
    for demand in short(today=today or business_date(), demands=list(demands)):
        counts[demands[demand]] = counts.get(demands[demand], 0) + 1
    return counts


def short_demand_ids(*, today=None):
    """Demands of sales rows that are short."""
    return list(short(today=today or business_date()))


@dataclass(frozen=True)
class Served:
    """One supply that serves a row or was made for it."""

    row: SalesOrderRow
    supply: Supply
    url: str
    made: object
    linked: object


def supplies_of(order):
    """What serves the order's rows or was made for them, by row."""
    rows = {row.demand_id: row for row in order.rows.for_list().in_order() if row.demand_id}
    made = _made_for(order)
    urls = urls_of({found.supply.pk: found.supply for founds in made.values() for found in founds}.values())
    with_certainty(found.supply for founds in made.values() for found in founds)
    return [
        Served(row, found.supply, urls.get((found.supply.kind, found.supply.pk), ""), found.made, found.linked)
        for demand, row in rows.items()
        for found in made.get(demand, [])
    ]


def _made_for(order):
    """{demand id: what serves a row or was made for it} of the order's rows."""
    return made_from(list(Demand.objects.filter(sales_row__order=order)))


def supplies_in_words(order):
    """A line per open link of the order, for a dialog."""
    links = OrderLink.objects.open().with_ends().filter(demand__document=order.document_id)
    return [
        f"{link.demand}: {plain(link.open)} {link.supply.part.unit} from {link.supply} "
        f"({link.supply.get_status_display().lower()})"
        for link in links.order_by("demand__position", "pk")
    ]


def deliveries_of(order):
    """What was delivered of the order's rows, the latest first, with what was taken back; texts are no deliveries."""
    return DeliveryRow.objects.for_list().filter(note__order=order).exclude(row__row_type=RowType.TEXT).order_by("-pk")


def counts_of(order):
    """What stands behind the smart buttons: each number equals its list."""
    return {
        "rows": order.rows.main().count(),
        "supplies": _count_of_supplies(order),
        "deliveries": deliveries_of(order).count(),
        "answers": order.answers.count(),
        "documents": order.dispatches.count(),
        "packages": order.shipping_lines.count(),
    }


def _count_of_supplies(order):
    """As many as ``supplies_of`` has lines, without reading them."""
    links = OrderLink.objects.filter(Q(open__gt=0) | Q(issued__gt=0), demand__sales_row__order=order)
    linked = links.filter(supply__document__isnull=False).values_list("demand", "supply")
    made = Provenance.objects.filter(demand__sales_row__order=order).values_list("demand", "supply")
    return linked.order_by().union(made.order_by()).count()


def search_orders(user, text):
    """For the search box: numbers, customer's order numbers and names of customers."""
    if not may(user, "read"):
        return []
    found = matching_orders(SalesOrder.objects.visible_to(user).for_list(), text)[:12]
    return [(f"{order} {order.customer}", reverse("sales:order", args=[order.pk]), "sales order") for order in found]


def choose_orders(user, text):
    """For lookup boxes."""
    if not may(user, "read"):
        return []
    found = matching_orders(SalesOrder.objects.visible_to(user).for_list(), text)[:20]
    return [(str(order), f"{order} {order.customer}") for order in found]


def matching_orders(orders, text):
    """The exact number first, then what begins with the text or names its customer."""
    return orders.filter(
        Q(document__number__istartswith=text)
        | Q(customer_order_number__istartswith=text)
        | Q(document__partner__name__icontains=text)
    ).order_by(F("document__serial").desc())


def who_deleted_row(pk):
    """The user who deleted a row that was there once, as the history says; nothing for a row that never was."""
    events = apps.get_model("sales", "SalesOrderRowEvent").objects.filter(pgh_obj=pk, pgh_label="delete")
    event = events.select_related("pgh_context").first()
    if event is None:
        return ""
    user = event.pgh_context.metadata.get("user") if event.pgh_context else None
    return str(User.objects.filter(pk=user).first() or _("somebody"))
