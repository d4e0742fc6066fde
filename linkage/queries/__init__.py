"""Questions to the ledger, each answered in as few statements as possible. Nothing here writes."""

from linkage.queries.chain import chain_of_demand, chain_of_document, chain_of_supply, users_of_supply
from linkage.queries.coverage import Coverage, coverage, coverage_of
from linkage.queries.lists import free_supplies, linkable_demands, made_from, orphans, short_demands
from linkage.queries.shortage import short

__all__ = [
    "Coverage",
    "chain_of_demand",
    "chain_of_document",
    "chain_of_supply",
    "coverage",
    "coverage_of",
    "free_supplies",
    "linkable_demands",
    "made_from",
    "orphans",
    "short",
    "short_demands",
    "users_of_supply",
]
