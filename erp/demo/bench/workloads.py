"""All workloads by name, each a function of the size that fills the database and returns its cases."""

from erp.demo.bench import (
    auto_linking,
    buying,
    chains,
    changing,
    explosion,
    importing,
    link_lists,
    listing,
    long_order,
    ordering,
    receiving,
    swaps,
    writers,
)

WORKLOADS = {
    "W1": explosion.cases,
    "W2": ordering.cases,
    "W3": auto_linking.cases,
    "W4": chains.cases,
    "W5": listing.cases,
    "W7": changing.cases,
    "W8": writers.cases,
    "W9": long_order.cases,
    "W10": buying.cases,
    "IMPORT": importing.cases,
    "RECEIVE": receiving.receipts,
    "CONFIRM": receiving.confirmations,
    "LINKS": link_lists.cases,
    "SWAP": swaps.cases,
}
