"""What the order apps do with their demands and supplies, inside their own operations.

These are steps, not operations: the caller has opened the operation and holds the locks. A position that shrinks
settles first, because the guard compares it with what is still promised.
"""

import re
from itertools import islice, zip_longest

from django.db.models import F
from django.db.models.functions import Greatest

from erp.exceptions import Refused
from erp.register.numbers import next_numbers
from linkage.dates import refresh_need_dates
from linkage.models import Demand, Document, OrderLink, Status, Supply
from linkage.operation import settle
from linkage.operations.inserting import insert
from linkage.operations.releasing import cut, mark_orphans
from linkage.operations.updating import update
from linkage.queries.sql import among

# A serial leaves room for what follows the number: M-1042-2 sorts after M-1042 and before M-1043.
SUFFIXES = 10_000


def open_document(*, company, kind, ordered_on, partner=None, number=None):
    """Open the document of one order; without ``number`` the company's series gives the next one."""
    return open_documents(company=company, kind=kind, headers=[(ordered_on, partner, number)])[0]


def open_documents(*, company, kind, headers, prefixes=()):
    """Open documents from (ordered_on, partner, number or None) each, in order; one statement for all numbers.

    ``prefixes``: what stands before the number of each instead of the series' prefix; empty leaves that.
    """
    wanted = sum(1 for _, _, number in headers if number is None)
    numbers = iter(next_numbers(company, kind, wanted) if wanted else ())
    documents = []
    for (ordered_on, partner, given), prefix in zip_longest(headers, prefixes, fillvalue=""):
        number, serial = (given, _serial(given)) if given else _from_series(next(numbers), prefix)
        facts = {"number": number, "serial": serial, "partner": partner, "ordered_on": ordered_on}
        documents.append(Document(company=company, kind=kind, **facts))
    return insert(documents)


def date_document(document, ordered_on):
    """A step: give an order another order date."""
    document.ordered_on = ordered_on
    document.save(update_fields=["ordered_on"])


def open_documents_after(document, count):
    """Open documents for what is split off an order: its number with -1, -2, …, taken ones passed over."""
    taken = Document.objects.filter(company_id=document.company_id, kind=document.kind)
    taken = set(taken.filter(number__startswith=f"{document.number}-").values_list("number", flat=True))
    offers = ((place, f"{document.number}-{place}") for place in range(1, SUFFIXES))
    free = [(place, number) for place, number in islice(offers, count + len(taken)) if number not in taken][:count]
    longest = Document._meta.get_field("number").max_length
    if len(free) < count or len(free[-1][1]) > longest:
        raise Refused(f"No number is left for a part of {document}: a number has at most {longest} characters.")
    facts = {name: getattr(document, name) for name in ("company_id", "kind", "partner_id", "ordered_on")}
    return insert([Document(number=number, serial=document.serial + place, **facts) for place, number in free])


def _from_series(taken, prefix):
    return f"{prefix}{taken.serial}" if prefix else taken.number, taken.serial * SUFFIXES


def _serial(number):
    """The figure that sorts a number: its digits, M-1042-2 after M-1042."""
    digits = [int(figure) for figure in re.findall(r"\d+", number)][:2] or [0]
    first, second = [*digits, 0][:2]
    return min(first, 10**12) * SUFFIXES + min(second, SUFFIXES - 1)


def add_demands(demands):
    """Insert demands; returns them with their ids."""
    return insert(demands)


def add_supplies(supplies):
    """Insert supplies; returns them with their ids."""
    return insert(supplies)


def change_demand(demand, **changes):
    """Write ``changes`` to a locked demand and return it as it is then; a new date is passed on down its chain."""
    changed = _change(demand, changes)
    if "need_date" in changes:
        refresh_need_dates(set(OrderLink.objects.open().filter(demand=demand).values_list("supply", flat=True)))
    return changed


def move_demands(demands, *, need_date):
    """Give locked demands one new date, passed on down their chains; the demands in Python keep the old one."""
    settle()
    ids = [demand.pk for demand in demands]
    Demand.objects.filter(pk__in=ids).update(need_date=need_date)
    refresh_need_dates(set(OrderLink.objects.open().filter(demand__in=ids).values_list("supply", flat=True)))


def change_supply(supply, **changes):
    """Write ``changes`` to a locked supply and return it as it is then; new dates are passed on down its chain."""
    changed = _change(supply, changes)
    if {"due_date", "lead_time"} & set(changes):
        refresh_need_dates([supply.pk])
    return changed


def _change(position, changes):
    settle()
    for field, value in changes.items():
        setattr(position, field, value)
    position.save(update_fields=list(changes))
    position.refresh_from_db()
    return position


def cut_links(demand, *, to, reason=""):
    """Release links of a demand until at most ``to`` stays linked (rules: claimed, then bound; shelf goods last)."""
    links = list(OrderLink.objects.open().filter(demand=demand).select_related("supply"))
    surplus = sum(link.open for link in links) - to
    if surplus > 0:
        cut(links, surplus, reason=reason)
        _let_go({link.supply_id for link in links})
    return max(surplus, 0)


def cut_supply_links(supply, *, to, reason=""):
    """Release what is to come from a supply until at most ``to`` of it is promised: the latest need loses first."""
    links = OrderLink.objects.filter(supply=supply, to_come__gt=0).select_related("demand")
    lost = to_be_cut(links, to=to)
    for link, take in lost:
        _release_to_come(link, take, reason=reason)
    settle()
    refresh_need_dates([supply.pk])
    return lost


def to_be_cut(links, *, to):
    """[(link, how much)] of what is to come for one supply's links, so that at most ``to`` stays promised."""
    ordered = sorted(links, key=lambda link: (link.kind != "claimed", link.contract, _late_first(link.demand)))
    surplus = sum(link.to_come for link in ordered) - to
    lost = []
    for link in ordered:
        take = min(surplus, link.to_come)
        if take > 0:
            lost.append((link, take))
            surplus -= take
    return lost


def _late_first(demand):
    return (-(demand.need_date.toordinal() if demand.need_date else 10**7), -demand.priority, -demand.pk)


def _release_to_come(link, quantity, *, reason):
    link.released += quantity
    link.reason = reason[:200] or link.reason
    link.save(update_fields=["released", "reason"])
    link.refresh_from_db(fields=["to_come", "on_shelf", "open"])


def release_all(*, demands=(), supplies=(), reason=""):
    """Release every open link of the demands and all that is to come from the supplies; returns the touched links."""
    links = list(
        OrderLink.objects.open().filter(demand__in=demands)
        | OrderLink.objects.filter(to_come__gt=0, supply__in=supplies)
    )
    demand_ids = {demand.pk for demand in demands}
    for link in links:
        if link.demand_id in demand_ids:
            link.received, link.released = link.issued, link.quantity - link.issued
        else:
            link.released = link.quantity - link.received
        link.reason = reason[:200] or link.reason
    update(links, ["received", "released", "reason"])
    _let_go({link.supply_id for link in links})
    return links


def _let_go(supply_ids):
    """After links were released: sums are applied, orphans marked, need dates below refreshed."""
    settle()
    mark_orphans(supply_ids)
    refresh_need_dates(supply_ids)


def close_demand(demand, *, reason=""):
    """Close a demand: its links are released, what was not delivered is cancelled."""
    return _end(demand, Status.CLOSED, demands=[demand], reason=reason)


def close_demands(demands, *, reason=""):
    """Close many locked demands as ``close_demand`` does each; a fixed number of statements. They are read again."""
    if not demands:
        return
    release_all(demands=demands, reason=reason)
    fresh = Demand.objects.in_bulk([demand.pk for demand in demands])
    for demand in fresh.values():
        demand.status, demand.cancelled = Status.CLOSED, demand.cancelled + demand.open
    update(fresh.values(), ["status", "cancelled"])


def cancel_demand(demand, *, reason=""):
    """Cancel a demand: its links are released, the open quantity is cancelled."""
    return _end(demand, Status.CANCELLED, demands=[demand], reason=reason)


def cancel_demands(demands, *, reason=""):
    """Cancel demands as ``cancel_demand`` does one, in a constant number of statements; in Python they stay as read."""
    if demands := list(demands):
        release_all(demands=demands, reason=reason)
        left = Greatest(F("quantity") - F("done"), F("cancelled"))
        _all_of(demands).update(status=Status.CANCELLED, cancelled=left)


def prioritize_demands(demands, *, priority):
    """Give demands a priority, in a constant number of statements; in Python they stay as read."""
    if demands := list(demands):
        settle()
        _all_of(demands).update(priority=priority)


def _all_of(demands):
    return Demand.objects.filter(pk__in=among(demand.pk for demand in demands))


def close_supply(supply, *, reason=""):
    """Close a supply: what was still to come is released and cancelled."""
    return _end(supply, Status.CLOSED, supplies=[supply], reason=reason)


def cancel_supply(supply, *, reason=""):
    """Cancel a supply: what was to come is released and cancelled."""
    return _end(supply, Status.CANCELLED, supplies=[supply], reason=reason)


def _end(position, status, *, reason, demands=(), supplies=()):
    release_all(demands=demands, supplies=supplies, reason=reason)
    position.refresh_from_db()
    changes = {"status": status, "cancelled": position.cancelled + position.open}
    if isinstance(position, Supply):
        changes["orphaned_at"] = None
    return _change(position, changes)
