"""What the pages of routings show, and which routing makes a part."""

from django.db.models import Count, Q

from erp.register.roles import may
from production.models import Routing, RoutingOperation, WorkCentre


def routings_for_list():
    return Routing.objects.for_list().annotate(operation_count=Count("operations"))


def operations_by_part(parts):
    """{(part id, revision id): [RoutingOperation]} for (part id, revision id) pairs, by position.

    A revision without a routing of its own is made by the one for all revisions.
    """
    wanted = set(parts)
    steps = RoutingOperation.objects.filter(routing__is_active=True, routing__part__in={part for part, _ in wanted})
    by_routing = {}
    for step in steps.for_list().select_related("routing"):
        by_routing.setdefault((step.routing.part_id, step.routing.revision_id), []).append(step)
    return {key: by_routing.get(key) or by_routing.get((key[0], None), []) for key in wanted}


def choose_work_centres(user, text):
    """For lookup boxes: by code or name."""
    if not may(user, "read"):
        return []
    found = WorkCentre.objects.active().filter(Q(code__istartswith=text) | Q(name__icontains=text)).order_by("code")
    return [(centre.code, f"{centre.code} {centre.name}") for centre in found[:20]]
