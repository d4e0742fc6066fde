"""Kinds of production orders, and who makes them of which."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from erp.register.history import tracked
from erp.register.order_types import OrderTypeFields, order_type_constraints


@tracked()
class ProductionOrderType(OrderTypeFields):
    """A kind of production order: for customers, repair, prototypes."""

    prefix = models.CharField(
        max_length=10,
        blank=True,
        default="",
        help_text="Stands before the number of its orders. Empty: that of the number series.",
    )

    class Meta(OrderTypeFields.Meta):
        constraints = [
            *order_type_constraints("production_order_type"),
            models.CheckConstraint(
                condition=Q(prefix="") | Q(prefix__regex=r"^\S*[^\s\d]$"),
                name="production_order_type_prefix_ends_before_the_number",
                violation_error_message="A prefix has no spaces and does not end with a digit, or two orders could "
                "have the same number.",
            ),
        ]


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
