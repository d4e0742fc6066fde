"""Moving a row to another warehouse, with the orders that were made for it alone."""

from erp.exceptions import Refused
from linkage.models import OrderLink
from linkage.operations import change_demand
from sales.operations.ties import links_in_words, open_links


def move_row(row, warehouse):
    """Orders that serve only this row follow; anything else that is linked must be released first."""
    links = open_links([row])
    if links:
        raise Refused(
            f"{row} is linked to {links_in_words(links)} in {row.demand.warehouse}; disconnect it before the row moves "
            f"to {warehouse}."
        )
    if OrderLink.objects.filter(demand=row.demand).exists():
        raise Refused(
            f"{row} was linked in {row.demand.warehouse}, and what was linked stays on record there. Delete the row "
            f"and add it anew in {warehouse}."
        )
    row.demand = change_demand(row.demand, warehouse=warehouse)
