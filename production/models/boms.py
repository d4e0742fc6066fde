"""Bills of materials. No part contains itself, at any level, on any date: ``production/sql/bom_guard.sql``."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from erp.register.fields import QUANTITY_LIMIT, QuantityField, between_zero_and_limit
from erp.register.history import tracked
from erp.register.models import Part, PartRevision


def raised_by_people(name):
    """A trigger that raises ``version`` whenever somebody changes the row, but not when another trigger does."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("pg_trigger_depth() = 0"),
        func="new.version = old.version + 1; return new;",
    )


class BomQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def visible_to(self, user):
        """Everybody who works here sees all bills of materials; suppliers see none."""
        return self if user.is_active else self.none()

    def for_list(self):
        return self.select_related("part__unit", "revision").order_by("part__number", "revision__code")


@tracked(exclude=["version"])
class Bom(models.Model):
    """What one part, or one revision of it, is made of."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="boms")
    revision = models.ForeignKey(PartRevision, on_delete=models.PROTECT, null=True, blank=True, related_name="boms")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = BomQuerySet.as_manager()

    class Meta:
        verbose_name = "BOM"
        verbose_name_plural = "BOMs"
        constraints = [
            models.UniqueConstraint(
                fields=["part", "revision"],
                condition=Q(is_active=True),
                nulls_distinct=False,
                name="bom_one_active_per_revision",
            ),
        ]
        triggers = [raised_by_people("bom_version")]

    def __str__(self):
        return self.part.number if self.revision_id is None else f"{self.part.number} {self.revision.code}"


class BomRowQuerySet(models.QuerySet):
    def for_list(self):
        return self.select_related("component__unit").order_by("position")


@tracked()
class BomRow(models.Model):
    """So much of a component for one of the BOM's part, in the component's base unit, while the row is valid."""

    bom = models.ForeignKey(Bom, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    component = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="bom_rows")
    quantity_per = QuantityField()
    fixed_quantity = QuantityField(default=0, help_text="Needed once per order, whatever its quantity.")
    scrap = models.DecimalField(
        max_digits=7, decimal_places=6, default=0, help_text="The share of the material that is lost; 0.05 is 5 %."
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    variants = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="Only of these variant codes, with commas between; empty: of all.",
    )

    objects = BomRowQuerySet.as_manager()

    class Meta:
        verbose_name = "BOM row"
        constraints = [
            models.UniqueConstraint(
                fields=["bom", "position"], name="bom_row_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(quantity_per__gt=0, quantity_per__lt=QUANTITY_LIMIT), name="bom_row_quantity_positive"
            ),
            models.CheckConstraint(condition=between_zero_and_limit("fixed_quantity"), name="bom_row_fixed_sane"),
            models.CheckConstraint(condition=Q(scrap__gte=0, scrap__lt=1), name="bom_row_scrap_below_one"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="bom_row_validity_in_order",
            ),
        ]

    def __str__(self):
        return f"{self.bom} {self.position}"

    @property
    def scrap_percent(self):
        return self.scrap * 100


class PartLevel(models.Model):
    """The low-level code of a part: below everything it goes into. Written by a trigger; no row means 0."""

    part = models.OneToOneField(Part, on_delete=models.CASCADE, primary_key=True, related_name="level")
    low_level_code = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(low_level_code__lte=50), name="part_level_at_most_fifty")]

    def __str__(self):
        return f"{self.part} {self.low_level_code}"
