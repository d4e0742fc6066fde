"""All workloads by name, each a function of the size that fills the database and returns its cases."""

from erp.demo.bench import auto_linking, chains, changing, explosion, ordering, swaps, writers

WORKLOADS = {
    "W1": explosion.cases,
    "W2": ordering.cases,
    "W3": auto_linking.cases,
    "W4": chains.cases,
    "W7": changing.cases,
    "W8": writers.cases,
    "SWAP": swaps.cases,
}
