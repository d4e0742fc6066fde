"""Components that are taken before the order is completed, and that come back."""

from erp.exceptions import Refused
from linkage.models import Status
from linkage.models.movements import MovementKind
from linkage.operation import operation
from linkage.operations import issue, reverse
from production.models import Component, OrderStatus
from production.operations.reporting import check_reportable, lock_line
from production.operations.steps import set_status


@operation
def issue_component(*, component, quantity, by, effective_on, serials="", reason=""):
    """Report the use of a component before the order is completed: its own goods first, then free stock.

    ``serials`` names the pieces, such as A-001..A-005, where some there have a number.
    """
    line = lock_line(component.line)
    check_reportable(line.order)
    issue(demand=component.demand, quantity=quantity, serials=serials, by=by, effective_on=effective_on, reason=reason)
    if line.order.status == OrderStatus.RELEASED:
        set_status(line.order, OrderStatus.STARTED)
    return component


@operation
def undo_issue(*, movement, by, effective_on, reason=""):
    """Take back a component that was issued by hand: it lies on its shelf again. Reports are undone as a whole."""
    component = Component.objects.select_related("line__order__document").get(demand=movement.demand_id)
    line = lock_line(component.line, *([movement.link.supply] if movement.link_id else []))
    demand = component.demand
    if movement.kind != MovementKind.ISSUE or movement.reference:
        raise Refused(f"This was not issued by hand: undo the report on {line}.")
    if demand.status in {Status.CLOSED, Status.CANCELLED}:
        raise Refused(f"{line.order} is {line.order.get_status_display().lower()}: undo its last report first.")
    reverse(movement=movement, by=by, effective_on=effective_on, reason=reason)
    return component
