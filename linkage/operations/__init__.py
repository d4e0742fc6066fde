"""Everything that changes the ledger.

``links``: what a planner does with a link; ``disconnecting`` and ``handing``: how they part. ``positions``: what the
order apps do with their demands and supplies. ``stock``, ``receiving`` and ``reversing``: movements. ``splitting``:
dividing positions with their links. ``inserting``: many rows at once, for all apps. Public names of links and stock are
operations (see ``linkage.operation``); those of positions, splitting and inserting are steps inside an app's own.
"""

from linkage.operations.auto_link import auto_link_supplies
from linkage.operations.deciding import decide
from linkage.operations.disconnecting import disconnect, reduce_or_cancel
from linkage.operations.handing import hand_over
from linkage.operations.improving import accept_swaps, note_swaps
from linkage.operations.inserting import insert
from linkage.operations.keeping import end_hold, ended_holds, hold, prolong_hold, set_minimum_stock
from linkage.operations.links import (
    add_links,
    add_provenance,
    change_link,
    keep_all_as_stock,
    keep_as_stock,
    link,
)
from linkage.operations.merging import merge_demands, merge_supplies
from linkage.operations.numbering import number_arrival
from linkage.operations.pairing import link_pairs
from linkage.operations.parting import disconnect_each, disconnect_links
from linkage.operations.positions import (
    add_demands,
    add_supplies,
    cancel_demand,
    cancel_demands,
    cancel_supply,
    change_demand,
    change_supply,
    close_demand,
    close_demands,
    close_supply,
    cut_links,
    date_document,
    move_demands,
    open_document,
    open_documents,
    open_documents_after,
    prioritize_demands,
    release_all,
)
from linkage.operations.receiving import receive
from linkage.operations.reversing import reverse
from linkage.operations.splitting import Cut, like, split_demand, split_demands, split_supply
from linkage.operations.stock import adjust_stock, balance_of, balances, issue, move_stock
from linkage.operations.swapping import swap
from linkage.operations.undoing import undo_together

__all__ = [
    "Cut",
    "accept_swaps",
    "add_demands",
    "add_links",
    "add_provenance",
    "add_supplies",
    "adjust_stock",
    "auto_link_supplies",
    "balance_of",
    "balances",
    "cancel_demand",
    "cancel_demands",
    "cancel_supply",
    "change_demand",
    "change_link",
    "change_supply",
    "close_demand",
    "close_demands",
    "close_supply",
    "cut_links",
    "date_document",
    "decide",
    "disconnect",
    "disconnect_each",
    "disconnect_links",
    "end_hold",
    "ended_holds",
    "hand_over",
    "hold",
    "insert",
    "issue",
    "keep_all_as_stock",
    "keep_as_stock",
    "like",
    "link",
    "link_pairs",
    "merge_demands",
    "merge_supplies",
    "move_demands",
    "move_stock",
    "note_swaps",
    "number_arrival",
    "open_document",
    "open_documents",
    "open_documents_after",
    "prioritize_demands",
    "prolong_hold",
    "receive",
    "reduce_or_cancel",
    "release_all",
    "reverse",
    "set_minimum_stock",
    "split_demand",
    "split_demands",
    "split_supply",
    "swap",
    "undo_together",
]
