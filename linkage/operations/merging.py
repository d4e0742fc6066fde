"""Merging demands or supplies into one: links, provenance and tombstones go over, and no sum changes.

Steps inside an app's operation, which has locked the positions and everything linked to them. Nothing of what is
merged away has been received, issued or delivered yet. Any number of positions goes over in the same few statements.
"""

from collections import defaultdict

from django.db.models import F

from linkage.models import OrderLink, Provenance, Status, Tombstone
from linkage.operation import settle
from linkage.operations.inserting import insert
from linkage.operations.releasing import unmark_orphans


def merge_demands(into, *, reason):
    """``into``: {demand that is merged away: demand that takes over what it needs}; need dates wait for the caller."""
    _merge(into, end="demand", reason=reason)


def merge_supplies(into, *, reason):
    """``into``: {supply that is merged away: supply that takes over what it brings}."""
    _merge(into, end="supply", reason=reason)
    linked = OrderLink.objects.open().filter(supply__in=list(into.values())).values_list("supply", flat=True)
    unmark_orphans(set(linked))


def _merge(into, *, end, reason):
    """The links go over between growing and ending, so that at no settle more is promised than there is."""
    if not into:
        return
    _grow(into)
    _move_links(into, end=end, reason=reason)
    _move_provenance(into, end=end)
    _move_tombstones(into, end=end)
    settle()
    model = type(next(iter(into)))
    gone = model.objects.filter(pk__in=[source.pk for source in into])
    gone.update(status=Status.CANCELLED, cancelled=F("quantity") - F("done"))
    if end == "supply":
        unmark_orphans([source.pk for source in into])


def _grow(into):
    targets = {target.pk: target for target in into.values()}
    for source, target in into.items():
        targets[target.pk].quantity += source.open
    type(next(iter(into))).objects.bulk_update(targets.values(), ["quantity"])


def _move_links(into, *, end, reason):
    """A link goes over as it is; where the pair is linked so already, that one gets wider and this one ends."""
    other = "supply" if end == "demand" else "demand"
    targets = {source.pk: target for source, target in into.items()}
    standing = {}
    for link in OrderLink.objects.open().filter(**{f"{end}__in": list(into.values())}):
        standing[getattr(link, f"{end}_id"), getattr(link, f"{other}_id"), link.kind] = link
    changed = {link.pk: link for link in standing.values()}
    for link in OrderLink.objects.open().filter(**{f"{end}__in": list(targets)}).order_by("pk"):
        target = targets[getattr(link, f"{end}_id")]
        key = target.pk, getattr(link, f"{other}_id"), link.kind
        if key in standing:
            _widen(standing[key], link, reason)
        else:
            setattr(link, end, target)
            standing[key] = link
        changed[link.pk] = link
    fields = [end, "quantity", "received", "released", "stock", "contract", "reason"]
    OrderLink.objects.bulk_update(changed.values(), fields)


def _widen(wider, link, reason):
    """``open`` and ``on_shelf`` of both are as they were read; what is issued is never here."""
    wider.quantity += link.open
    wider.received += link.on_shelf
    wider.stock_id = wider.stock_id or link.stock_id
    wider.contract = wider.contract or link.contract
    link.received -= link.on_shelf
    link.released = link.quantity - link.issued
    link.reason = reason[:200]


def _move_provenance(into, *, end):
    other = "supply" if end == "demand" else "demand"
    targets = {source.pk: target.pk for source, target in into.items()}
    facts = list(Provenance.objects.filter(**{f"{end}__in": {*targets, *targets.values()}}).order_by("pk"))
    sums = defaultdict(list)
    for fact in facts:
        position = getattr(fact, f"{end}_id")
        sums[targets.get(position, position), getattr(fact, f"{other}_id")].append(fact)
    kept = []
    for (target, _), same in sums.items():
        first = next((fact for fact in same if getattr(fact, f"{end}_id") == target), same[0])
        first.quantity = sum(fact.quantity for fact in same)
        setattr(first, f"{end}_id", target)
        kept.append(first)
    Provenance.objects.filter(pk__in={fact.pk for fact in facts} - {fact.pk for fact in kept}).delete()
    Provenance.objects.bulk_update(kept, [end, "quantity"])


def _move_tombstones(into, *, end):
    """What was disconnected from a part stays apart from the whole, unless the whole is linked to it."""
    other = "supply" if end == "demand" else "demand"
    targets = {source.pk: target.pk for source, target in into.items()}
    ends = {f"{end}__in": list(targets.values())}
    pairs = (f"{end}_id", f"{other}_id")
    taken = {*Tombstone.objects.filter(**ends).values_list(*pairs)}
    taken |= {*OrderLink.objects.open().filter(**ends).values_list(*pairs)}
    new = {}
    for stone in Tombstone.objects.filter(**{f"{end}__in": list(targets)}).order_by("pk"):
        pair = targets[getattr(stone, f"{end}_id")], getattr(stone, f"{other}_id")
        if pair not in taken:
            new[pair] = Tombstone(**dict(zip(pairs, pair, strict=True)), created_by_id=stone.created_by_id)
    insert(new.values())
