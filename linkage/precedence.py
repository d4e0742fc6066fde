"""What gives way first, for rows of the ledger and for the nodes of a planned change alike."""


def cutting_order(link, due):
    """What is cut first: claimed before bound, inside a kind the latest supply (``due``), goods on the shelf last."""
    on_shelf_only = link.to_come == 0 or link.supply.is_stock
    return on_shelf_only, link.kind != "claimed", -ordinal(due), -link.pk


def ordinal(day):
    """A date as a number; none is later than all."""
    return day.toordinal() if day else 10**7
