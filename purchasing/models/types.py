"""Kinds of purchase orders, and who orders with which."""

from django.conf import settings
from django.db import models

from erp.register.history import tracked
from erp.register.order_types import OrderTypeFields, order_type_constraints


@tracked()
class PurchaseOrderType(OrderTypeFields):
    """A kind of purchase order: normal, investment, spare parts."""

    class Meta(OrderTypeFields.Meta):
        constraints = order_type_constraints("purchase_order_type")


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
