"""What happened to a sales order: the histories of its header, rows (also deleted ones) and links."""

from linkage.models import OrderLink
from linkage.queries.timeline import History, link_history
from sales.models import SalesOrder, SalesOrderEvent, SalesOrderRow, SalesOrderRowEvent

HIDDEN = {"id", "document_id", "order_id", "demand_id", "row_type", "version", "position"}


def histories(order, *, costs):
    """What a page of ``linkage.queries.timeline.timeline`` is made of; what rows cost only with ``costs``."""
    hidden = HIDDEN if costs else HIDDEN | {"standard_price"}
    links = OrderLink.objects.filter(demand__document=order.document_id)
    rows = SalesOrderRowEvent.objects.filter(order=order.pk)

    def row_names(ids):
        """As they are numbered now; a deleted row as it was last told of."""
        latest = rows.filter(pgh_obj__in=ids).order_by("pgh_id").values_list("pgh_obj", "position", "line")
        standing = SalesOrderRow.objects.filter(pk__in=ids).values_list("pk", "position", "line")
        found = [*latest, *standing]
        return {pk: f"Row {position}" if position else f"Sub-row {line}" for pk, position, line in found}

    return [
        History(
            SalesOrderEvent.objects.filter(pgh_obj=order.pk),
            lambda _: {order.pk: "Order"},
            _fields(SalesOrder, hidden),
            new=lambda event: "registered",
        ),
        History(rows, row_names, _fields(SalesOrderRow, hidden)),
        link_history(links, lambda link: f"Row {link.demand.position} from {link.supply}"),
    ]


def _fields(model, hidden):
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in hidden)
