"""How a part is made: the operations of its routing, in work centres or by a subcontractor."""

from django.db import models
from django.db.models import Q

from erp.register.fields import QUANTITY_LIMIT, PriceField, QuantityField, between_zero_and_limit
from erp.register.history import tracked
from erp.register.models import NAMEABLE, Part, PartRevision, matches
from production.models.boms import raised_by_people


class WorkCentreQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def visible_to(self, user):
        """Everybody who works here sees the work centres; what an hour costs is a right of its own."""
        return self if user.is_active else self.none()


@tracked()
class WorkCentre(models.Model):
    """Machines or people that do one kind of operation."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    hourly_rate = PriceField(default=0, help_text="What an hour costs, in the company's currency.")
    is_active = models.BooleanField(default=True)

    objects = WorkCentreQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hourly_rate__gte=0, hourly_rate__lt=QUANTITY_LIMIT), name="work_centre_rate_sane"
            ),
            matches("code", NAMEABLE, "work_centre_code_sane"),
        ]

    def __str__(self):
        return self.code


class RoutingQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def visible_to(self, user):
        """Everybody who works here sees all routings; suppliers see none."""
        return self if user.is_active else self.none()

    def for_list(self):
        return self.select_related("part__unit", "revision").order_by("part__number", "revision__code")


@tracked(exclude=["version"])
class Routing(models.Model):
    """The operations that make one part, or one revision of it."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="routings")
    revision = models.ForeignKey(PartRevision, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RoutingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part", "revision"],
                condition=Q(is_active=True),
                nulls_distinct=False,
                name="routing_one_active_per_revision",
            ),
        ]
        triggers = [raised_by_people("routing_version")]

    def __str__(self):
        return self.part.number if self.revision_id is None else f"{self.part.number} {self.revision.code}"


def in_house_or_subcontracted(name, subcontracted):
    """A check: either a work centre with its times, or subcontracted without any."""
    outside = Q(**{f"{subcontracted}__isnull": False}, work_centre__isnull=True, setup_minutes=0, run_minutes=0)
    inside = Q(**{f"{subcontracted}__isnull": True}, work_centre__isnull=False)
    return models.CheckConstraint(condition=inside | outside, name=name)


class RoutingOperationQuerySet(models.QuerySet):
    def for_list(self):
        return self.select_related("work_centre", "service_part__unit").order_by("position")


@tracked()
class RoutingOperation(models.Model):
    """One operation: in a work centre, or a service part that is bought once per piece made."""

    routing = models.ForeignKey(Routing, on_delete=models.CASCADE, related_name="operations")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    work_centre = models.ForeignKey(WorkCentre, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    service_part = models.ForeignKey(Part, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    setup_minutes = QuantityField(default=0, help_text="Once per order.")
    run_minutes = QuantityField(default=0, help_text="For each piece.")
    variants = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="Only of these variant codes, with commas between; empty: of all.",
    )

    objects = RoutingOperationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["routing", "position"],
                name="routing_operation_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=between_zero_and_limit("setup_minutes", "run_minutes"), name="routing_operation_times_sane"
            ),
            in_house_or_subcontracted("routing_operation_inside_or_out", "service_part"),
            matches("name", NAMEABLE, "routing_operation_name_sane"),
        ]

    def __str__(self):
        return f"{self.routing} {self.position}"
