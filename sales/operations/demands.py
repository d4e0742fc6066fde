"""What the ledger knows of a sales row: one demand, from status registered on."""

from linkage.models import Demand, OrderLink, Provenance, Status, StockMovement, Tombstone
from linkage.models.positions import DemandKind
from linkage.operations import add_demands, cancel_demand
from sales.configuring import configurable
from sales.statuses import RowStatus


def give_demands(rows, *, units):
    """Make the demands of rows that need supply; services, phantoms and what nobody has configured yet have none.

    The rows are not saved here.
    """
    needing = [row for row in rows if row.has_stock and not row.demand_id and not row.is_closed]
    open_parts = configurable({row.part_id for row in needing if row.configured_at is None})
    needing = [row for row in needing if row.configured_at or row.part_id not in open_parts]
    made = add_demands([_demand_of(row, units=units) for row in needing])
    for row, demand in zip(needing, made, strict=True):
        row.demand = demand
    return rows


def give_demand_late(row, *, units):
    """A row that was not configured when its order was registered needs supply once it is."""
    if row.configured_at and row.demand is None and row.order.has_demands:
        give_demands([row], units=units)
        row.save(update_fields=["demand"])


def _demand_of(row, *, units):
    return Demand(
        document=row.order.document,
        position=(row.parent or row).position,
        line=row.line,
        part=row.part,
        warehouse=row.warehouse,
        revision=row.revision,
        variant=row.variant,
        quantity=units.to_base(part=row.part, quantity=row.quantity, unit=row.unit),
        need_date=row.delivery_date,
        ordered_on=row.ordered_on,
        priority=row.demand_priority,
        status=Status.FIRM,
        **meaning_of(row.row_status),
    )


def meaning_of(row_status):
    """Only a fixed order is firm; a forecast is never linked."""
    kind = DemandKind.FORECAST if row_status == RowStatus.FORECAST else DemandKind.SALES
    return {"kind": kind, "firm": row_status == RowStatus.FIXED}


def has_past(demand):
    """Whether anything in the ledger refers to the demand, so that it must stay."""
    return any(
        model.objects.filter(demand=demand).exists() for model in (OrderLink, Provenance, StockMovement, Tombstone)
    )


def remove_demand(demand):
    """Delete a demand that its row no longer owns."""
    demand.delete()


def call_off(demand, *, reason):
    """End a demand that has a past: it stays, cancelled."""
    return cancel_demand(demand, reason=reason)


def labels_of(demands):
    """What the orders made for rows carry of them: the project, and the row's goods label before the order's."""
    return {
        demand.pk: {"project": row.order.project, "goods_label": row.goods_label or row.order.goods_label}
        for demand, row in demands.items()
    }
