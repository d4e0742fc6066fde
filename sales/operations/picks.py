"""What happens to picks when goods leave or stay: steps inside operations that hold the locks."""

from django.db.models import Q, Sum

from erp.exceptions import Refused
from linkage.locks import lock_last
from sales.models import DeliveryRow, PickList, PickRow, PickStatus


def picked_of(rows):
    """{row id: what is on pick lists and not delivered, base unit}, one query: the figure *under picking*."""
    open_picks = PickRow.objects.open().filter(row__in=rows)
    return dict(open_picks.values_list("row").annotate(picked=Sum("open")).order_by())


def end_picks(delivered):
    """Picks that are delivered leave their lists, as far as they were; with a final delivery what stays of them too.

    ``delivered``: (pick, base quantity, whether it is final) each.
    """
    for pick_row, base, final in delivered:
        if not pick_row.open:
            raise Refused(f"{pick_row.row} is not on {pick_row.pick_list} any more.")
        pick_row.delivered += min(base, pick_row.open)
        if final:
            pick_row.released = pick_row.quantity - pick_row.delivered
    PickRow.objects.bulk_update([pick_row for pick_row, _base, _final in delivered], ["delivered", "released"])


def take_back_pick(pick_row, base):
    """What comes back lies on the shelf for the row again; the list is done with it."""
    if pick_row is None:
        return
    back = min(base, pick_row.delivered)
    pick_row.delivered -= back
    pick_row.released += back
    pick_row.save(update_fields=["delivered", "released"])


def follow_picks(ids):
    """Lists (ids) of which nothing is left to be picked are delivered, or cancelled where nothing ever was.

    The last step of an operation, once per list: who ends its other picks at the same time waits here, and looks then.
    """
    for pick_list in lock_last(PickList, ids):
        _follow(pick_list)


def _follow(pick_list):
    if pick_list.rows.open().exists():
        return
    delivered = pick_list.rows.filter(delivered__gt=0).exists()
    status = PickStatus.DELIVERED if delivered else PickStatus.CANCELLED
    PickList.objects.filter(pk=pick_list.pk).update(status=status)


def check_not_picked(rows, doing):
    """Refuse what the database's guard cannot see: rows without stock on a pick list, also those below the rows."""
    mine = Q(row__in=rows) | Q(row__parent__in=rows)
    pick = PickRow.objects.open().filter(mine, demand=None).first()
    if pick:
        raise Refused(f"{pick.row} is on pick list {pick.pick_list} and cannot be {doing}: change the pick list first.")


def was_on_a_note(row):
    """A row that was on a delivery note stays, also when all of it came back: the note is kept."""
    return DeliveryRow.objects.filter(Q(row=row) | Q(row__parent=row)).exists()
