"""Made by another company of ours: what it has on an order of its own, and when it delivers. Not a link, and not short.

How sure that is stands on the order there: its own chain may be late or short, which is said with it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F

from linkage.models import Demand, Elsewhere
from linkage.queries.sql import named_rows

FACTS = """
select e.demand_id, e.there_id, e.quantity, e.to_come, t.need_date due, c.name company,
  o.number || '/' || t.position label, d.need_date needed, d.warehouse_id, d.quantity asked
from linkage_elsewhere e join linkage_demand d on d.id = e.demand_id join linkage_demand t on t.id = e.there_id
join linkage_document o on o.id = t.document_id join register_company c on c.id = o.company_id
where e.demand_id = any(%(demands)s)
"""


@dataclass(frozen=True)
class MadeElsewhere:
    """Of one demand: how much another company makes, in base units, and what its order says; ``to_come`` of it.

    ``needed``, ``asked`` and ``warehouse_id`` are of the demand here. ``doubt``: why the day is not sure, "" where
    nothing speaks against it.
    """

    demand_id: int
    there_id: int
    company: str
    label: str
    quantity: Decimal
    to_come: Decimal
    due: date | None
    needed: date | None
    warehouse_id: int
    asked: Decimal
    doubt: str = ""

    @property
    def words(self):
        """As the bar and the lists say it: made by COMPANY, due DATE, with what speaks against the date."""
        if not self.to_come:
            return f"delivered by {self.company}, under way"
        when = f"due {self.due.isoformat()}" if self.due else "without a date"
        return ", ".join(part for part in (f"made by {self.company}", when, self.doubt) if part)

    @property
    def name(self):
        """As a sentence names it where it decides."""
        return f"{self.company} {self.label}"


def elsewhere(demands):
    """{demand id: MadeElsewhere} of demands (ids), without their doubts; one statement."""
    found = named_rows("Fact", FACTS, {"demands": list(demands)})
    return {fact.demand_id: MadeElsewhere(**fact._asdict()) for fact in found}


def elsewhere_rows():
    """The demands that another company of ours makes, each with how much of it and by when."""
    made = {"elsewhere_quantity": F("elsewhere__quantity"), "elsewhere_due": F("elsewhere__there__need_date")}
    found = Demand.objects.filter(pk__in=Elsewhere.objects.values("demand")).for_list()
    return found.select_related("elsewhere__there__document__company").annotate(**made).by_need()
