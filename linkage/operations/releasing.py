"""Giving up what links hold: one place that knows what is given up first and when a supply becomes an orphan."""

from decimal import Decimal

from django.db.models import Exists, OuterRef
from django.utils import timezone

from linkage.dates import refresh_need_dates
from linkage.models import OrderLink, Provenance, Supply, Tombstone
from linkage.operation import settle
from linkage.operations.updating import update
from linkage.precedence import cutting_order

ZERO = Decimal(0)


def release(link, quantity, *, reason=""):
    """Give up ``quantity`` of a link: what is to come first, then what lies on the shelf.

    Released shelf goods leave ``received`` too, so they are free on their balance. The caller holds the locks; sums are
    applied by the guard at the next settle.
    """
    from_shelf = max(quantity - link.to_come, ZERO)
    link.received -= from_shelf
    link.released += quantity
    link.reason = reason[:200] or link.reason
    link.save(update_fields=["received", "released", "reason"])
    link.refresh_from_db(fields=["to_come", "on_shelf", "open"])
    return link


def let_go(link, quantity, *, by, reason=""):
    """Release ``quantity`` of a locked link for good: it is free, the pair gets a tombstone, an orphan is marked."""
    link = release(link, quantity, reason=reason or "disconnected")
    remember(link, by=by)
    settle()
    mark_orphans([link.supply_id])
    refresh_need_dates([link.supply_id])
    return link


def let_go_all(links, *, by, reason=""):
    """Release all that is open of locked links for good, as ``let_go`` does one, in a constant number of statements."""
    for link in links:
        link.received, link.released = link.received - link.on_shelf, link.released + link.open
        link.reason = (reason or "disconnected")[:200]
    update(links, ["received", "released", "reason"])
    pairs = [Tombstone(supply_id=link.supply_id, demand_id=link.demand_id, created_by=by) for link in links]
    Tombstone.objects.bulk_create(pairs, ignore_conflicts=True)
    settle()
    supplies = {link.supply_id for link in links}
    mark_orphans(supplies)
    refresh_need_dates(list(supplies))


def remember(link, *, by):
    """A person parted the two: no automatic rule links the pair again."""
    Tombstone.objects.get_or_create(supply_id=link.supply_id, demand_id=link.demand_id, defaults={"created_by": by})


def mark_orphans(supply_ids):
    """Mark order supplies that were made for a demand and now have something free that nobody is promised."""
    made_for = Provenance.objects.filter(supply=OuterRef("pk"))
    still_has = OrderLink.objects.filter(supply=OuterRef("pk"), open__gt=0, demand__provenance__supply=OuterRef("pk"))
    Supply.objects.open().orders().filter(pk__in=list(supply_ids), orphaned_at__isnull=True).filter(
        Exists(made_for), ~Exists(still_has)
    ).update(orphaned_at=timezone.now())


def unmark_orphans(supply_ids):
    """A supply that is linked again, or that somebody decided on, is no orphan."""
    Supply.objects.filter(pk__in=list(supply_ids), orphaned_at__isnull=False).update(orphaned_at=None)


def cut(links, quantity, *, reason=""):
    """Release ``quantity`` over several links of one demand: all that is to come in cutting order, then the shelf."""
    left = quantity
    ordered = sorted(links, key=lambda link: cutting_order(link, link.supply.due_date))
    for part in ("to_come", "on_shelf"):
        for link in ordered:
            take = min(left, getattr(link, part))
            if take > 0:
                release(link, take, reason=reason)
                left -= take
    return quantity - left
