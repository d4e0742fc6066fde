"""Accounts that sales are posted to, Intrastat's transaction types, and fixed assets that may be sold."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from erp.register.fields import QUANTITY_LIMIT, PriceField, between_zero_and_limit
from erp.register.history import tracked
from erp.register.models import NAMEABLE, Company, matches


@tracked()
class Account(models.Model):
    """An account of the bookkeeping."""

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["number"]
        constraints = [matches("number", NAMEABLE, "account_number_sane")]

    def __str__(self):
        return f"{self.number} {self.name}"


@tracked()
class TransactionType(models.Model):
    """What kind of trade Intrastat is told a row is."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=60)
    is_default = models.BooleanField(default=False, help_text="Of rows whose order type has none.")

    class Meta:
        ordering = ["code"]
        constraints = [
            matches("code", NAMEABLE, "transaction_type_code_sane"),
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="transaction_type_one_default"
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


@tracked()
class FixedAsset(models.Model):
    """Something the company owns and may sell on a row. A main object sells what belongs to it along."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    main = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sub_objects",
        help_text="The main object that it belongs to.",
    )
    book_value = PriceField(default=0, help_text="What it is worth in the books now, in the company's currency.")
    sold_on = models.DateField(null=True, blank=True)
    sale_price = PriceField(null=True, blank=True, help_text="In the company's currency.")

    class Meta:
        ordering = ["company", "number"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="fixed_asset_number_once"),
            matches("number", NAMEABLE, "fixed_asset_number_sane"),
            models.CheckConstraint(
                condition=between_zero_and_limit("book_value"),
                name="fixed_asset_value_sane",
                violation_error_message="A book value is zero or more.",
            ),
            models.CheckConstraint(
                condition=Q(sold_on=None, sale_price=None)
                | Q(sold_on__isnull=False, sale_price__gt=-QUANTITY_LIMIT, sale_price__lt=QUANTITY_LIMIT),
                name="fixed_asset_sold_for_a_price",
                violation_error_message="What is sold has a day and a price.",
            ),
            models.CheckConstraint(
                condition=~Q(main=models.F("id")),
                name="fixed_asset_not_below_itself",
                violation_error_message="An object does not belong to itself.",
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.name}"

    def clean(self):
        if not self.main_id:
            return
        if self.main.company_id != self.company_id:
            raise ValidationError({"main": f"{self.main} belongs to another company."})
        if self.main.main_id:
            raise ValidationError({"main": f"{self.main} belongs to {self.main.main} itself; choose that one."})
        if self.pk and self.sub_objects.exists():
            raise ValidationError({"main": f"{self} is the main object of others and belongs to none."})

    @property
    def result(self):
        """Profit, or loss below 0, of the sale; None while it is not sold."""
        return None if self.sale_price is None else self.sale_price - self.book_value
