"""What a row says on documents and how much it weighs."""

from django.db import models

from erp.register.fields import QuantityField, between_zero_and_limit


def instead(**facts):
    help_text = "Printed in its place; empty: the standard text."
    return models.CharField(max_length=200, blank=True, default="", help_text=help_text, **facts)


class Printed(models.Model):
    """What of a row is printed."""

    net_weight = QuantityField(null=True, blank=True, help_text="Of one of the row's unit, in kg.")
    show_price = models.BooleanField("show price on confirmation", default=True)
    price_text = instead()
    show_date = models.BooleanField("show delivery date on confirmation", default=True)
    date_text = instead()

    class Meta:
        abstract = True


PRINTED = ["net_weight", "show_price", "price_text", "show_date", "date_text"]


def constraints_of_printed():
    return [models.CheckConstraint(condition=between_zero_and_limit("net_weight"), name="sales_row_net_weight_sane")]
