"""What the database says no with, in the planner's words. Every guarded constraint has its sentence here."""

import re

from django.db import connection

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.models import Demand, Supply

SENTENCES = {
    "link_pair_open_once": "This supply is already linked to this demand.",
    "link_quantities_sane": "The quantities of a link do not fit: more was received, issued or released than it holds.",
    "link_supply_fits": "Supply and demand must be of the same part and warehouse.",
    "link_demand_fits": "Supply and demand must be of the same part and warehouse.",
    "link_stock_fits": "Supply and demand must be of the same part and warehouse.",
    "demand_forecast_unlinked": "A forecast is never linked.",
    "demand_closed_unlinked": "A closed or cancelled demand cannot keep links.",
    "supply_closed_unlinked": "A closed or cancelled supply cannot keep links.",
    "demand_done_within": "That is more than the row still needs.",
    "supply_done_within": "That is more than the order may still bring.",
    "supply_quantities_sane": "That is more than there is on hand.",
    "demand_quantities_sane": "A quantity must be at least 0 and below 100,000,000,000.",
    "movement_quantity_sane": "A movement needs a quantity other than 0.",
    "movement_ends_fit": "A movement stays within one part and goes between stock and an order.",
    "link_stock_is_stock": "Received goods lie on a stock balance.",
    "linkage_stockmovement_reverses_id_key": "This movement is already reversed.",
    "staged_file_loaded_once": "Somebody else has just loaded this file.",
    "staged_content_loaded_once": "Somebody else has just loaded this file.",
    "staged_number_loaded_once": "Somebody else has just loaded a file with the same numbers.",
    "sales_order_place_is_the_customers": "Choose an address of the order's own customer.",
    "serial_number_once": "Somebody else has just given one of these serial numbers away.",
    "sales_rowserial_serial_id_key": "Somebody else has just given one of these serial numbers away.",
    "row_posting_is_100": "The shares of an account type are 100 % together.",
    "invoice_line_delivered_once": "Somebody else has just exported one of these deliveries.",
    "invoice_line_turn_once": "Somebody else has just exported one of these deliveries.",
    "document_number_once": "This number is already used.",
}
# What these triggers say names the path, the pick list or the balance, and is a sentence already.
SPOKEN = {
    "bom_circle",
    "bom_depth",
    "pick_within_shelf",
    "piece_is_promised",
    "piece_lies_on_its_part",
    "pieces_within_stock",
    "position_in_its_company",
    "stays_in_its_company",
}


class Broken(Refused):
    """A rule that the database guards; ``constraint`` is its name."""

    def __init__(self, sentence, *, constraint):
        self.constraint = constraint
        super().__init__(sentence)


class NotEnough(Refused):
    """More was asked for than is left of a demand or a supply."""

    def __init__(self, row, *, left, of="free", wanted=None, others=""):
        self.wanted, self.left = wanted, left
        asked = "." if wanted is None else f"; {plain(wanted)} was asked for."
        super().__init__(f"Only {plain(left)} of {row} is {of}{asked}{others}")


def refusal_for(error):
    """The refusal of a database error, with the figures of the row as they are after the rollback."""
    diagnostics = getattr(error.__cause__, "diag", None)
    constraint = getattr(diagnostics, "constraint_name", None) or ""
    row = _row(constraint, getattr(diagnostics, "message_detail", None) or "")
    if constraint == "supply_allocated_within" and row:
        return NotEnough(row, left=row.free, of="free")
    if constraint == "demand_allocated_within" and row:
        return NotEnough(row, left=row.uncovered, of="uncovered")
    if constraint in SPOKEN:
        return Broken(f"{diagnostics.message_primary}.", constraint=constraint)
    if constraint in SENTENCES:
        return Broken(SENTENCES[constraint], constraint=constraint)
    if constraint:
        return Broken(f"The database refused this ({constraint.replace('_', ' ')}).", constraint=constraint)
    return Broken("The database refused this.", constraint="")


def _row(constraint, detail):
    """The supply or demand that PostgreSQL's detail names: its id is the first column of the failing row."""
    model = {"supply": Supply, "demand": Demand}.get(constraint.split("_")[0])
    match = re.search(r"\((\d+),", detail)
    if not (model and match) or _inside_broken_transaction():
        return None
    return model.objects.for_list().filter(pk=match[1]).first()


def _inside_broken_transaction():
    return connection.in_atomic_block and connection.needs_rollback
