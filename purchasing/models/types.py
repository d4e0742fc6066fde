"""Kinds of purchase orders, and who orders with which."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from erp.register.history import tracked
from erp.register.models import NAMEABLE, matches
from erp.register.order_types import OrderTypeQuerySet


@tracked()
class PurchaseOrderType(models.Model):
    """A kind of purchase order: normal, investment, spare parts."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=60)
    is_default = models.BooleanField(default=False, help_text="Orders of users without a type of their own get it.")
    is_active = models.BooleanField(
        default=True, help_text="An inactive one stays on its orders; new ones do not get it."
    )

    objects = OrderTypeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            matches("code", NAMEABLE, "purchase_order_type_code_sane"),
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="purchase_order_type_one_default"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_active=True),
                name="purchase_order_type_default_is_active",
                violation_error_message="An inactive type cannot be the default one.",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


@tracked()
class UsersOrderType(models.Model):
    """The type that the purchase orders of one user get."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="purchase_order_type")
    order_type = models.ForeignKey(PurchaseOrderType, on_delete=models.PROTECT, related_name="users")

    class Meta:
        ordering = ["user__username"]
        verbose_name = "user's purchase order type"

    def __str__(self):
        return f"{self.user}: {self.order_type}"


def order_type_of(user):
    """The type that a new order of the user gets: the user's own, else the default one, else none."""
    return PurchaseOrderType.objects.of(user)
