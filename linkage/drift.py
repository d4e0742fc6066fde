"""What does not add up in the ledger. Each question recomputes from scratch; no row is the only right answer.

Used by ``check_ledger``, nightly and after a restore. Whoever runs it reads one snapshot (REPEATABLE READ).
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.utils.module_loading import import_string

from linkage.dates import DEADLINES, work_days_of
from linkage.models import Demand, DemandKind, Supply, SupplyKind
from linkage.models.positions import Status


@dataclass(frozen=True)
class Finding:
    """One row that is not as it must be."""

    row: str
    what: str

    def __str__(self):
        return f"{self.row}: {self.what}"


def findings():
    """Everything that is wrong, question by question; the apps above ask theirs (``settings.DRIFT_QUESTIONS``)."""
    theirs = [import_string(name) for name in settings.DRIFT_QUESTIONS]
    for question in (_sums, _pieces, _ended_with_links, _ownerless, _astray_components, _need_dates, *theirs):
        yield from question()


def _sums():
    """allocated, done and on hand against the links and movements they are the sums of."""
    for what, pk, stored, counted in _rows("select what, id, stored, counted from linkage_guard_drift order by 1, 2"):
        yield Finding(
            f"{what.split()[-1] if what != 'on hand' else 'supply'} {pk}", f"{what} {stored}, counted {counted}"
        )


def _pieces():
    """Balances with more named pieces than there are (linkage/sql/piece_guard.sql, counted anew)."""
    rows = _rows(
        """
        select s.id, s.quantity, count(*) from linkage_serialnumber n join linkage_supply s on s.id = n.shelf_id
        group by s.id having count(*) > s.quantity order by 1
        """
    )
    for pk, quantity, named in rows:
        yield Finding(f"supply {pk}", f"{named} pieces have a serial number, {quantity} on hand")


def _ended_with_links():
    """Open links of demands and supplies that are closed or cancelled."""
    rows = _rows(
        """
        select l.id, 'demand', d.id, d.status from linkage_orderlink l join linkage_demand d on d.id = l.demand_id
        where l.open > 0 and d.status in ('closed', 'cancelled')
        union all
        select l.id, 'supply', s.id, s.status from linkage_orderlink l join linkage_supply s on s.id = l.supply_id
        where l.to_come > 0 and s.status in ('closed', 'cancelled')
        order by 1, 2
        """
    )
    for link, kind, position, status in rows:
        yield Finding(f"link {link}", f"is open, but {kind} {position} is {status}")


def _ownerless():
    """Positions that no row of any app refers to one to one; a stock balance needs none."""
    for model, rows in (
        (Demand, Demand.objects.all()),
        (Supply, Supply.objects.exclude(kind=SupplyKind.STOCK)),
    ):
        for relation in _owning_relations(model):
            rows = rows.filter(**{f"{relation.name}__isnull": True})
        for pk, kind in rows.order_by("pk").values_list("pk", "kind"):
            yield Finding(f"{model._meta.model_name} {pk}", f"no row owns it ({kind})")


def _owning_relations(model):
    """One-to-one keys to the position: its order row, stock target or hold, in whichever app that is."""
    return [relation for relation in model._meta.related_objects if relation.one_to_one]


def _astray_components():
    """Component rows whose order line is not the line that their demand feeds.

    An owner of a component's demand that has a ``line`` with a ``supply`` of its own is compared; others say nothing.
    """
    for relation in _owning_relations(Demand):
        owner = relation.related_model
        path = _path_to_line(owner)
        if path is None:
            continue
        kinds = [DemandKind.COMPONENT, DemandKind.SUBCONTRACT]
        rows = owner._base_manager.filter(**{f"{relation.field.name}__kind__in": kinds})
        rows = rows.values_list("pk", f"{relation.field.name}__for_supply", path).order_by("pk")
        for pk, feeds, line in rows:
            if feeds != line:
                yield Finding(f"{owner._meta.model_name} {pk}", f"its demand feeds supply {feeds}, its line is {line}")


def _path_to_line(owner):
    """'line__supply' where the owner has a key named line to a model with a supply."""
    try:
        line = owner._meta.get_field("line").related_model
        line._meta.get_field("supply")
    except (FieldDoesNotExist, AttributeError):
        return None
    return "line__supply"


def _need_dates():
    """Need dates of open components against their order's deadline less its lead time."""
    supplies = Supply.objects.filter(kind=SupplyKind.PRODUCTION, components__isnull=False).distinct()
    expected = _expected_need_dates(list(supplies.values_list("pk", flat=True)))
    rows = Demand.objects.filter(for_supply__in=expected).exclude(status__in=[Status.CLOSED, Status.CANCELLED])
    for pk, supply, stored in rows.order_by("pk").values_list("pk", "for_supply", "need_date"):
        if stored != expected[supply]:
            yield Finding(f"demand {pk}", f"need date {stored}, counted {expected[supply]}")


def _expected_need_dates(supply_ids):
    """{supply id: the day its components are needed}."""
    deadlines = _rows(DEADLINES, [supply_ids])
    days = work_days_of(warehouse for _, warehouse, _, _ in deadlines)
    return {
        supply: days[warehouse].subtract(deadline, lead_time) if deadline else None
        for supply, warehouse, lead_time, deadline in deadlines
    }


def _rows(sql, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
