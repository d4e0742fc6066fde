"""Contract links: part of a purchase row promised to a component of a production order, and to nothing else."""

from erp.exceptions import Refused
from linkage.checks import check_linkable
from linkage.models import Demand, DemandKind, Status
from linkage.models.links import LinkKind
from linkage.operation import operation
from linkage.operations import link
from purchasing import queries
from purchasing.operations.orders import make_draft
from purchasing.operations.steps import check_open, lock_row


@operation
def link_to_component(*, row, component, quantity, by, wider=False, reason=""):
    """Link ``quantity`` (base unit) of a purchase row to a component, bound and under contract; returns the link.

    Same part, at most what the component still needs and what the row has free, and only components of the production
    orders that the purchase order belongs to, unless ``wider``. The rest of the row stays free. A suggested order
    becomes a draft first.
    """
    row = lock_row(row, component)
    component = Demand.objects.for_list().get(pk=component.pk)
    check_open(row)
    if component.kind not in queries.COMPONENT_KINDS:
        raise Refused(f"{component} is a {DemandKind(component.kind).label.lower()}, not a component.")
    if component.uncovered <= 0:
        raise Refused(f"{component} is already fully linked.")
    if not wider and component.document_id not in queries.production_orders_of(row.order):
        raise Refused(
            f"{component} is no component of a production order that {row.order} belongs to. "
            f"Show every component of {row.supply.part} to link it all the same."
        )
    if row.supply.status == Status.SUGGESTED:
        make_draft(order=row.order, by=by)
        row.supply.refresh_from_db()
    check_linkable(demand=component, supply=row.supply, quantity=quantity)

    return link(
        demand=component,
        supply=row.supply,
        quantity=quantity,
        by=by,
        kind=LinkKind.BOUND,
        contract=True,
        reason=reason,
        accept_warnings=True,
    )
