"""What happened to a sales order: the histories of its header, rows (also deleted ones) and links."""

from linkage.models import OrderLink
from linkage.queries.timeline import History, link_history
from sales.models import SalesOrder, SalesOrderEvent, SalesOrderRow, SalesOrderRowEvent

HIDDEN = {"id", "document_id", "order_id", "demand_id", "row_type", "version"}


def histories(order):
    """What a page of ``linkage.queries.timeline.timeline`` is made of."""
    links = OrderLink.objects.filter(demand__document=order.document_id)
    rows = SalesOrderRowEvent.objects.filter(order=order.pk)

    def row_names(ids):
        latest = rows.filter(pgh_obj__in=ids).order_by("pgh_id").values_list("pgh_obj", "position")
        return {pk: f"Row {position}" for pk, position in latest}

    return [
        History(
            SalesOrderEvent.objects.filter(pgh_obj=order.pk),
            lambda _: {order.pk: "Order"},
            _fields(SalesOrder),
            new=lambda event: "registered",
        ),
        History(rows, row_names, _fields(SalesOrderRow)),
        link_history(links, lambda link: f"Row {link.demand.position} from {link.supply}"),
    ]


def _fields(model):
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in HIDDEN)
