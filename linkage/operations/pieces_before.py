"""What a piece was before a movement touched it, from its history: a step of taking that movement back."""

from collections import defaultdict
from itertools import takewhile

from linkage.models import SerialNumber, StockMovement


def before(movement, pieces):
    """{piece id: its last event before ``movement`` brought or moved it, or None}; two statements.

    What names a movement that was taken back meanwhile never was: the event before it counts.
    """
    Event = SerialNumber.events.rel.related_model
    events = defaultdict(list)
    for event in Event.objects.filter(pgh_obj__in=[piece.pk for piece in pieces]).order_by("pgh_id"):
        events[event.pgh_obj_id].append(event)
    named = {pk for told in events.values() for event in told for pk in _movements(event)}
    undone = set(StockMovement.objects.filter(pk__in=named, reversed_by__isnull=False).values_list("pk", flat=True))
    return {piece.pk: _last_before(movement, events[piece.pk], undone) for piece in pieces}


def _last_before(movement, events, undone):
    early = takewhile(lambda event: movement.pk not in {event.arrival_id, event.moved_id}, events)
    stand = [event for event in early if not undone & _movements(event)]
    return stand[-1] if stand else None


def _movements(event):
    return {event.arrival_id, event.moved_id, event.departure_id} - {None}
