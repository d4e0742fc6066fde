"""What the kinds of production and purchase orders have in common: all but what they are called."""

from django.db import models
from django.db.models import Q

from erp.register.models import NAMEABLE, matches


class OrderTypeQuerySet(models.QuerySet):
    """Of a model with ``is_active``, ``is_default`` and the ``users`` whose own type one is."""

    def active(self):
        return self.filter(is_active=True)

    def of(self, user):
        """The type that a new order of the user gets: the user's own, else the default one, else none."""
        active = self.active()
        return active.filter(users__user=user).first() or active.filter(is_default=True).first()


class OrderTypeFields(models.Model):
    """A kind of order; its model adds ``order_type_constraints``, whose names are its own."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=60)
    is_default = models.BooleanField(default=False, help_text="Orders of users without a type of their own get it.")
    is_active = models.BooleanField(
        default=True, help_text="An inactive one stays on its orders; new ones do not get it."
    )

    objects = OrderTypeQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.name}"


def order_type_constraints(name):
    """A sane code, and one default that is active."""
    return [
        matches("code", NAMEABLE, f"{name}_code_sane"),
        models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name=f"{name}_one_default"),
        models.CheckConstraint(
            condition=Q(is_default=False) | Q(is_active=True),
            name=f"{name}_default_is_active",
            violation_error_message="An inactive type cannot be the default one.",
        ),
    ]
