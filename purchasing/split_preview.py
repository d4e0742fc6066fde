"""What a split would make of a purchase row: the operation itself, run, looked at and taken back."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from erp.exceptions import Refused
from erp.register.units import from_base
from linkage.preview import preview
from purchasing import operations
from purchasing.operations.splitting import check_splittable
from purchasing.operations.steps import links_to_come

ZERO = Decimal(0)


@dataclass(frozen=True)
class RowPicture:
    """One row after the split, and whom it serves, as links."""

    row: object
    links: list

    @property
    def supply(self):
        return self.row.supply


@dataclass(frozen=True)
class SplitPicture:
    rows: list
    moves: dict = field(default_factory=dict)


def links_of(row):
    """What is to come from a row for others, the earliest need first."""
    return sorted(links_to_come([row.supply]), key=lambda link: (link.demand.need_date or date.max, link.pk))


def arrived(row):
    """How much of a row has arrived, in the row's unit."""
    return from_base(part=row.supply.part, quantity=row.supply.done, unit=row.unit) if row.supply.done else ZERO


def why_not(row):
    """The sentence that says why a row cannot be split at all; empty if it can."""
    try:
        check_splittable(row)
    except Refused as refusal:
        return str(refusal)
    return ""


def picture_of_split(row, **arguments):
    """(SplitPicture or None, the sentence of what is refused)"""
    links = {(link.demand_id, link.kind): link.pk for link in links_of(row)}
    try:
        return preview(_split_and_look, row=row, links=links, **arguments).result, ""
    except Refused as refusal:
        return None, str(refusal)


def _split_and_look(*, row, links, **arguments):
    rows = operations.split_row(row=row, **arguments)
    rows.sort(key=lambda found: (found.pk != row.pk, found.pk))
    places = {found.supply_id: place for place, found in enumerate(rows)}
    promised = links_to_come([found.supply for found in rows])
    moves = {
        (links[link.demand_id, link.kind], places[link.supply_id]): link.to_come
        for link in promised
        if places[link.supply_id]
    }
    pictures = [RowPicture(found, [link for link in promised if link.supply_id == found.supply_id]) for found in rows]
    return SplitPicture(pictures, moves)
