"""What is asked of a change: what demands and supplies are to become."""

from dataclasses import dataclass
from decimal import Decimal

KEEP = object()  # a date or a revision that stays, where None is one that is taken away


@dataclass(frozen=True)
class DemandWant:
    """A demand's new total quantity (base unit), date, warehouse, priority, revision and variant; or that it ends."""

    demand: int
    quantity: Decimal | None = None
    need: object = KEEP
    warehouse: object = None
    priority: int | None = None
    revision: object = KEEP
    variant: str | None = None
    is_cancelled: bool = False


@dataclass(frozen=True)
class SupplyWant:
    """A supply's new total quantity (base unit) and date; or that it ends.

    ``gives_up``: its links end, the supply itself is ended by the operation (a purchase row closed short).
    ``priority``, ``revision``: it is offered those of who it was made for, as they are now.
    """

    supply: int
    quantity: Decimal | None = None
    due: object = KEEP
    is_cancelled: bool = False
    gives_up: bool = False
    priority: bool = False
    revision: bool = False

    @property
    def ends(self):
        return self.is_cancelled or self.gives_up
