"""What rows are linked to, and rows that leave nothing behind."""

from erp.register.units import plain
from linkage.models import OrderLink
from sales.operations.demands import remove_demand

MOST_NAMED = 10


def delete_draft(row):
    """Take a row away for good, and with it a demand that nothing has ever referred to."""
    demand, row.demand = row.demand, None
    row.delete()
    if demand:
        remove_demand(demand)


def open_links(rows):
    demands = [row.demand_id for row in rows if row.demand_id]
    return list(OrderLink.objects.open().with_ends().filter(demand__in=demands).order_by("pk"))


def links_in_words(links):
    """The first of them by name; a whole order may have ten thousand."""
    named = [f"{plain(link.open)} {link.supply.part.unit} from {link.supply}" for link in links[:MOST_NAMED]]
    more = [f"{len(links) - MOST_NAMED} more"] if len(links) > MOST_NAMED else []
    return ", ".join([*named, *more])
