"""Upkeep of work centres and routings. Orders keep the operations that they were made with, until re-exploded."""

from decimal import Decimal

from django.db.models import Max

from erp.exceptions import Gone, Refused, Stale
from erp.register.models import PartType
from linkage.operation import operation
from production.locks import lock_bom_graph
from production.models import Routing, RoutingOperation, WorkCentre

STEP = 10
ZERO = Decimal(0)


@operation
def save_work_centre(*, code, name, hourly_rate, is_active, by, centre=None):
    """Open a work centre, or change one; what an hour costs counts for orders made from now on."""
    others = WorkCentre.objects.exclude(pk=centre.pk) if centre else WorkCentre.objects
    if others.filter(code__iexact=code).exists():
        raise Refused(f"There is a work centre {code} already.")
    if hourly_rate < 0:
        raise Refused("An hour costs at least 0.")
    facts = {"code": code, "name": name, "hourly_rate": hourly_rate, "is_active": is_active}
    if centre is None:
        return WorkCentre.objects.create(**facts)
    WorkCentre.objects.filter(pk=centre.pk).update(**facts)
    return WorkCentre.objects.filter(pk=centre.pk).first() or _gone(centre)


@operation
def create_routing(*, part, by, revision=None):
    """Open an empty routing for a made part, or for one revision of it."""
    lock_bom_graph()
    if part.part_type != PartType.MANUFACTURED:
        raise Refused(f"{part} is {part.get_part_type_display().lower()}: only what is made has a routing.")
    if revision is not None and revision.part_id != part.pk:
        raise Refused(f"{revision} is no revision of {part}.")
    _check_only_one(part, revision)
    return Routing.objects.create(part=part, revision=revision)


@operation
def set_routing_active(*, routing, is_active, by, version=None):
    """Use a routing for new orders, or no longer; orders that stand keep their operations."""
    routing = _fresh(routing, version)
    if is_active and not routing.is_active:
        _check_only_one(routing.part, routing.revision)
    routing.is_active = is_active
    routing.save(update_fields=["is_active"])
    routing.refresh_from_db()
    return routing


@operation
def add_operation(*, routing, by, position=None, version=None, **facts):
    """Add an operation to a routing, by default after its last one."""
    routing = _fresh(routing, version)
    facts = _checked(facts)
    position = position or _next_position(routing)
    _check_position(routing, position)
    added = RoutingOperation.objects.create(routing=routing, position=position, **facts)
    _touch(routing)
    return added


@operation
def change_operation(*, step, by, version=None, **facts):
    """Change an operation of a routing: its number, name, place or times."""
    routing = _fresh(step.routing, version)
    step = RoutingOperation.objects.filter(pk=step.pk).first() or _gone(step)
    position = facts.pop("position", None) or step.position
    _check_position(routing, position, but=step)
    facts = _checked(facts)
    RoutingOperation.objects.filter(pk=step.pk).update(position=position, **facts)
    _touch(routing)
    return RoutingOperation.objects.get(pk=step.pk)


@operation
def remove_operation(*, step, by, version=None):
    """Take an operation out of a routing."""
    routing = _fresh(step.routing, version)
    RoutingOperation.objects.filter(pk=step.pk).delete()
    _touch(routing)
    return routing


def _fresh(routing, version):
    lock_bom_graph()
    routing = Routing.objects.select_related("part", "revision").filter(pk=routing.pk).first() or _gone(routing)
    if version is not None and version != routing.version:
        raise Stale(f"The routing of {routing} was changed meanwhile. Look at it again before saving.")
    return routing


def _gone(row):
    raise Gone(row)


def _touch(routing):
    """A change of an operation is a change of its routing: forms opened before are stale."""
    Routing.objects.filter(pk=routing.pk).update(is_active=routing.is_active)


def _check_only_one(part, revision):
    if Routing.objects.active().filter(part=part, revision=revision).exists():
        raise Refused(f"{part} has an active routing already.")


def _next_position(routing):
    last = routing.operations.aggregate(last=Max("position"))["last"] or 0
    return (last // STEP + 1) * STEP


def _check_position(routing, position, but=None):
    taken = routing.operations.filter(position=position)
    if (taken.exclude(pk=but.pk) if but else taken).exists():
        raise Refused(f"Operation {position} is there already; take another number.")


def _checked(facts):
    """The facts of one operation, either in a work centre or subcontracted."""
    facts = {"work_centre": None, "service_part": None, "setup_minutes": ZERO, "run_minutes": ZERO} | facts
    centre, service = facts["work_centre"], facts["service_part"]
    if (centre is None) == (service is None):
        raise Refused("Choose a work centre, or the service part of a subcontracted operation.")
    if service is not None and service.part_type != PartType.SERVICE:
        raise Refused(f"{service} is {service.get_part_type_display().lower()}, not a service.")
    if min(facts["setup_minutes"], facts["run_minutes"]) < 0:
        raise Refused("Minutes are at least 0.")
    if service is not None and (facts["setup_minutes"] or facts["run_minutes"]):
        raise Refused("A subcontracted operation has no minutes of ours.")
    return facts
