"""What a page showed against what is, as {link id: figure}, 0 = free: nothing is posted on figures that moved."""

from decimal import Decimal

from erp.exceptions import Stale
from erp.register.units import plain
from linkage.models import OrderLink

ZERO = Decimal(0)


def check_seen(what, now, seen):
    """Refuse what was prepared on figures that have moved since."""
    if theirs := differences(now, seen):
        moved = ", ".join(f"{label} {now} now, {then} shown" for label, (now, then) in theirs.items())
        raise Stale(f"{what} has moved since this was shown: {moved}. Look again before you post.", theirs=theirs)


def differences(now, seen):
    """{whom: (now, shown)} of what differs from what a page showed; nothing where it showed none."""
    if seen is None or seen == now:
        return {}
    links = OrderLink.objects.filter(pk__in=set(seen) | set(now)).with_ends()
    labels = {link.pk: str(link.demand) for link in links}
    return {
        labels.get(pk, "free"): (plain(now.get(pk, ZERO)), plain(seen.get(pk, ZERO)))
        for pk in sorted(set(seen) | set(now))
        if seen.get(pk) != now.get(pk)
    }
