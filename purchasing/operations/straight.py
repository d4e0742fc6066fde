"""Drop shipment: the supplier delivers straight to our customer, and taking the goods in delivers them.

Two movements in one operation, a receipt and a delivery: the balance, the sales row and the trail from customer back to
supplier are those of goods that passed through the warehouse, only that they never lie there.
"""

from collections import defaultdict
from decimal import Decimal
from functools import partial

from erp.exceptions import LinesRefused, Refused
from linkage.models import DemandKind, Document, OrderLink
from linkage.operation import each
from linkage.owners import owner_of


def customers_of(rows):
    """The sales orders that receipts of the rows deliver, to be locked with them."""
    straight = [row.supply_id for row in rows if row.order.drop_shipment]
    if not straight:
        return []
    links = OrderLink.objects.filter(supply__in=straight, to_come__gt=0, demand__kind=DemandKind.SALES)
    return list(Document.objects.filter(demands__links__in=links).distinct())


def is_for_customer(link):
    return link.demand.kind == DemandKind.SALES


def hand_on(came, *, by):
    """A step of receipts, once the guard knows of them: what came for sales rows is delivered to their customers.

    ``came``: (place of the line, its arrival, its movements) each. What came on one day with one delivery note is one
    delivery. LinesRefused names the lines that a customer's order does not allow.
    """
    refused = []
    for (day, reference), lines in _by_note(came).items():
        facts = {"by": by, "effective_on": day, "reference": reference}
        _done, together = each([lines], partial(_deliver, **facts))
        if together:
            refused += _guilty(lines, together[0][1], **facts)
    if refused:
        raise LinesRefused(sorted(refused, key=lambda one: one[0]))


def _by_note(came):
    notes = defaultdict(list)
    for line in came:
        notes[line[1].effective_on, line[1].reference].append(line)
    return notes


def _deliver(lines, **facts):
    wanted = defaultdict(Decimal)
    for _place, _arrival, movements in lines:
        for movement in movements:
            wanted[movement.link.demand] += movement.quantity
    owner_of(next(iter(wanted))).deliver(dict(wanted), **facts)


def _guilty(lines, why, **facts):
    """[(place, refusal)] of the lines that are refused alone too; of all together it is the first."""
    _done, alone = each(lines, lambda line: _deliver([line], **facts))
    found = [(line[0], Refused(words)) for line, words in alone]
    return found or [(lines[0][0], Refused(why))]
