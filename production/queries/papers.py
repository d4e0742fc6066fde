"""What a printed production order says, as plain texts."""

from django.utils.translation import gettext as _

from erp.register.units import plain
from linkage.models import Supply


def words():
    """The fixed words of all layouts, in the language of whoever prints."""
    return {
        "order": _("Production order"),
        "picking": _("Picking list"),
        "printed": _("Printed"),
        "no": _("No."),
        "operation": _("Operation"),
        "place": _("Where"),
        "minutes": _("Minutes"),
        "good": _("Good"),
        "scrap": _("Scrap"),
        "sign": _("Sign"),
        "part": _("Part"),
        "name": _("Name"),
        "quantity": _("Quantity"),
        "from": _("From"),
        "to_take": _("To take"),
        "free_stock": _("Free stock"),
        "goes_to": _("Goes to"),
        "customer": _("Customer"),
        "needed": _("Needed"),
        "free": _("Promised to nobody: what it makes is free."),
        "note": _("Note"),
    }


def paper_of(order, views, *, printed_on):
    """The texts of an order's paper; ``views`` are its LineViews (``queries.orders.order_view``)."""
    shelves = _free_stock(order, views)
    return {
        "words": words(),
        "number": str(order),
        "printed_on": printed_on.isoformat(),
        "facts": [[name, value] for name, value in _facts(order) if value],
        "note": order.note,
        "lines": [_line(view, shelves) for view in views],
    }


def _facts(order):
    return [
        (_("Status"), _("On hold: %s") % order.hold_reason if order.is_on_hold else order.get_status_display()),
        (_("Order type"), str(order.order_type or "")),
        (_("Customer"), str(order.customer or "")),
        (_("Sales order"), str(order.sales_document or "")),
        (_("Project"), order.project),
        (_("Goods label"), order.goods_label),
        (_("Employee"), str(order.employee or "")),
        (_("Site"), str(order.site)),
    ]


def _free_stock(order, views):
    """{part id: free on the shelf of the order's site}"""
    parts = {part.demand.part_id for view in views for part in view.components}
    return dict(Supply.objects.stock().filter(part__in=parts, warehouse=order.site_id).values_list("part", "free"))


def _line(view, shelves):
    supply = view.supply
    return {
        "title": f"{plain(supply.quantity)} {supply.part.unit} {supply.part} {supply.part.name}",
        "facts": _("Start %(start)s, finish %(finish)s, to %(warehouse)s")
        % {"start": view.line.start_date, "finish": supply.due_date, "warehouse": supply.warehouse},
        "operations": [_operation(step) for step in view.operations if not step.operation.is_removed],
        "components": [_component(part, shelves) for part in view.components if part.demand.status != "cancelled"],
        "links": [_link(end) for end in view.links],
    }


def _operation(step):
    operation = step.operation
    outside = operation.is_subcontracted
    place = f"{step.demand.part} {step.demand.part.name}" if outside else f"{operation.work_centre.name}"
    if outside and step.links:
        place = f"{place} ({', '.join(end.label for end in step.links)})"
    return {
        "number": str(operation.position),
        "name": f"{operation.name} ({_('On hold: %s') % operation.hold_reason})"
        if operation.is_on_hold
        else operation.name,
        "place": place,
        "minutes": "" if outside else plain(step.planned_minutes),
    }


def _component(part, shelves):
    demand, unit = part.demand, part.demand.part.unit
    return {
        "number": str(part.component.position),
        "part": str(demand.part),
        "name": demand.part.name,
        "quantity": f"{plain(demand.quantity)} {unit}",
        "left": f"{plain(demand.open)} {unit}",
        "free": plain(shelves.get(demand.part_id, 0)),
        "from": "; ".join(_source(end) for end in part.links),
    }


def _source(end):
    """Where linked material lies, or which order brings it and when."""
    link = end.link
    lies = _("on the shelf") if link.on_shelf else ""
    due = _("due %s") % link.supply.due_date if link.to_come and link.supply.due_date else ""
    details = ", ".join(filter(None, [lies and f"{plain(link.on_shelf)} {lies}", due]))
    return f"{end.label} {plain(link.open)}" + (f" ({details})" if details else "")


def _link(end):
    demand = end.link.demand
    return {
        "label": demand.label,
        "customer": str(demand.document.partner or "") if demand.document_id else "",
        "quantity": plain(end.link.open),
        "needed": demand.need_date.isoformat() if demand.need_date else "",
    }
