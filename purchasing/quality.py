"""What suppliers deliver badly: rejected quantities of rows, orders and suppliers."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from linkage.models import Supply
from purchasing.models import Reject

ZERO = Decimal(0)


def rejected_by_supply(supply_ids=None):
    """{supply id: what was rejected of it, base unit}; of all supplies without ids."""
    found = Reject.objects.standing()
    if supply_ids is not None:
        found = found.filter(row__supply__in=supply_ids)
    return dict(found.values_list("row__supply").annotate(sum=Sum("quantity")).order_by())


def rejects_of(order, *, row=None):
    """Every reject of an order's rows, or of one of them, latest first."""
    of = {"row": row} if row else {"row__order": order}
    return list(Reject.objects.filter(**of).for_list())


@dataclass(frozen=True)
class Quality:
    """How much of one part a supplier brought, accepted and rejected together, in the part's base unit."""

    part: str
    unit: str
    accepted: Decimal
    rejected: Decimal

    @property
    def rate(self):
        """Rejected % of all that came."""
        came = self.accepted + self.rejected
        return self.rejected / came * 100 if came else ZERO


def quality_of(supplier):
    """(parts with rejects, the worst first; average reject rate % over all parts that came, each part counting once).

    Pieces of different parts are not added up: the supplier's rate is the mean of its parts' rates.
    """
    of_supplier = Q(document__partner=supplier, purchase_row__isnull=False)
    came = Supply.objects.filter(of_supplier).values_list("part__number", "part__unit__code").order_by()
    accepted = {(part, unit): done for part, unit, done in came.annotate(sum=Sum("done"))}
    rejects = Reject.objects.standing().filter(row__supply__document__partner=supplier)
    rejects = rejects.values_list("row__supply__part__number", "row__supply__part__unit__code").order_by()
    rejected = {(part, unit): quantity for part, unit, quantity in rejects.annotate(sum=Sum("quantity"))}
    parts = [Quality(*key, done, rejected.get(key, ZERO)) for key, done in accepted.items()]
    parts = [part for part in parts if part.accepted or part.rejected]
    rate = sum((part.rate for part in parts), ZERO) / len(parts) if parts else None
    return sorted((part for part in parts if part.rejected), key=lambda part: (-part.rate, part.part)), rate
