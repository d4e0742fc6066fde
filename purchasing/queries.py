"""Questions about purchase orders, each in a fixed number of statements."""

from django.db.models import Q

from linkage.models import Demand, DemandKind

COMPONENT_KINDS = (DemandKind.COMPONENT, DemandKind.SUBCONTRACT)


def production_orders_of(order):
    """Ids of the production documents that a purchase order belongs to: made for them, or already linked to them."""
    made_for = Q(provenance__supply__document=order.document_id)
    linked = Q(links__supply__document=order.document_id, links__open__gt=0)
    demands = Demand.objects.filter(made_for | linked, kind__in=COMPONENT_KINDS)
    return set(demands.values_list("document", flat=True))


def linkable_components(row, *, wider=False):
    """Components that a row may be contract-linked to: its part and warehouse, uncovered, earliest need first.

    Only those of the production orders that the purchase order belongs to; ``wider`` shows every open one.
    """
    supply = row.supply
    found = Demand.objects.uncovered().filter(
        kind__in=COMPONENT_KINDS, part=supply.part_id, warehouse=supply.warehouse_id
    )
    if not wider:
        found = found.filter(document__in=production_orders_of(row.order))
    return found.for_list().select_related("for_supply__part").by_need()
