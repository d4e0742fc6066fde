"""Kinds of production orders, and who makes them of which."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from erp.register.history import tracked
from erp.register.models import NAMEABLE, matches
from erp.register.order_types import OrderTypeQuerySet


@tracked()
class ProductionOrderType(models.Model):
    """A kind of production order: for customers, repair, prototypes."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=60)
    prefix = models.CharField(
        max_length=10,
        blank=True,
        default="",
        help_text="Stands before the number of its orders. Empty: that of the number series.",
    )
    is_default = models.BooleanField(default=False, help_text="Orders of users without a type of their own get it.")
    is_active = models.BooleanField(
        default=True, help_text="An inactive one stays on its orders; new ones do not get it."
    )

    objects = OrderTypeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            matches("code", NAMEABLE, "production_order_type_code_sane"),
            models.CheckConstraint(
                condition=Q(prefix="") | Q(prefix__regex=r"^\S*[^\s\d]$"),
                name="production_order_type_prefix_ends_before_the_number",
                violation_error_message="A prefix has no spaces and does not end with a digit, or two orders could "
                "have the same number.",
            ),
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="production_order_type_one_default"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_active=True),
                name="production_order_type_default_is_active",
                violation_error_message="An inactive type cannot be the default one.",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


@tracked()
class UsersProductionOrderType(models.Model):
    """The type that the production orders of one user get."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="production_order_type"
    )
    order_type = models.ForeignKey(ProductionOrderType, on_delete=models.PROTECT, related_name="users")

    class Meta:
        ordering = ["user__username"]
        verbose_name = "user's production order type"

    def __str__(self):
        return f"{self.user}: {self.order_type}"


def order_type_of(user):
    """The type that a new order of the user gets: the user's own, else the default one, else none."""
    return ProductionOrderType.objects.of(user)
