"""Documents of sales: their standard texts, and what was sent of them, kept as it was."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from erp.register.history import tracked
from purchasing.models.dispatches import Dispatched, dispatch_constraints
from sales.models.deliveries import DeliveryNote
from sales.models.orders import SalesOrder


class Paper(models.TextChoices):
    QUOTE = "quote", "Quote"
    CONFIRMATION = "confirmation", "Order confirmation"
    PICK_LIST = "pick list", "Pick list"
    DELIVERY_NOTE = "delivery note", "Delivery note"


# The papers that a customer gets.
SENT = (Paper.QUOTE, Paper.CONFIRMATION, Paper.DELIVERY_NOTE)


@tracked()
class DocumentText(models.Model):
    """The standard texts of one document in one language."""

    document = models.CharField(max_length=14, choices=Paper)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    header = models.TextField(max_length=2000, blank=True, default="", help_text="Printed above the rows.")
    footer = models.TextField(max_length=2000, blank=True, default="", help_text="Printed below the rows.")
    price_text = models.CharField(
        max_length=200, blank=True, default="", help_text="Printed where a row shows no price."
    )
    date_text = models.CharField(
        max_length=200, blank=True, default="", help_text="Printed where a row shows no delivery date."
    )

    class Meta:
        ordering = ["document", "language"]
        constraints = [
            models.UniqueConstraint(fields=["document", "language"], name="document_text_once"),
            models.CheckConstraint(
                condition=Q(document__in=Paper.values, language__in=[code for code, _name in settings.LANGUAGES]),
                name="document_text_choices_known",
            ),
        ]

    def __str__(self):
        return f"{self.get_document_display()}, {self.get_language_display()}"


class SalesDispatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_active else self.none()

    def for_list(self):
        return self.select_related("order__document__partner", "order__document__company", "note", "created_by")


@tracked(exclude=["texts"])
class SalesDispatch(Dispatched):
    """One document that went to the customer, kept as the texts it was set from; they never change."""

    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="dispatches")
    note = models.ForeignKey(DeliveryNote, on_delete=models.PROTECT, null=True, related_name="dispatches")
    document = models.CharField(max_length=14, choices=Paper)
    version = models.PositiveIntegerField()

    objects = SalesDispatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "sales dispatches"
        constraints = [
            models.UniqueConstraint(
                fields=["order", "document", "note", "version"],
                nulls_distinct=False,
                name="sales_dispatch_version_once",
            ),
            models.CheckConstraint(
                condition=Q(document__in=[Paper.QUOTE, Paper.CONFIRMATION], note=None)
                | Q(document=Paper.DELIVERY_NOTE, note__isnull=False),
                name="sales_dispatch_is_of_its_document",
            ),
            *dispatch_constraints("sales_dispatch"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="sent_stays", fields=["order", "note", "document", "version", "texts", "created_at"]
            )
        ]

    def __str__(self):
        return f"{self.get_document_display()} {self.note or self.order}, version {self.version}"
