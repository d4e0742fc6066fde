"""Parts that are sold as a customer wants them: questions with options, which choose price and BOM rows.

What was chosen is the row's variant code, the codes of the options with a plus between: BOM rows and operations are
limited to them as to any variant (``production.explosion.fits``).
"""

from django.db import models
from django.db.models import Q

from erp.register.fields import QUANTITY_LIMIT, PriceField, QuantityField, between_zero_and_limit
from erp.register.history import tracked
from erp.register.models import NAMEABLE, Part, matches
from sales.models.rows import SalesOrderRow
from sales.models.terms import PriceList

JOINT = "+"


@tracked()
class ConfigurationGroup(models.Model):
    """Questions that belong together; several parts may ask the same."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    opens_automatically = models.BooleanField(
        "open automatically", default=False, help_text="A new row of such a part leads to its configuration at once."
    )

    class Meta:
        ordering = ["code"]
        constraints = [matches("code", NAMEABLE, "configuration_group_code_sane")]

    def __str__(self):
        return self.code


@tracked()
class ConfigurationQuestion(models.Model):
    """One question; each configuration takes one of its options."""

    group = models.ForeignKey(ConfigurationGroup, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)

    class Meta:
        ordering = ["group", "position"]
        constraints = [
            models.UniqueConstraint(fields=["group", "position"], name="configuration_question_position_once"),
            models.CheckConstraint(condition=~Q(text=""), name="configuration_question_has_a_text"),
        ]

    def __str__(self):
        return f"{self.group} {self.text}"


@tracked()
class ConfigurationOption(models.Model):
    """One answer. BOM rows and operations that name its code belong to it; with a minus before it, to all others."""

    question = models.ForeignKey(ConfigurationQuestion, on_delete=models.CASCADE, related_name="options")
    code = models.CharField(max_length=15)
    name = models.CharField(max_length=120)
    price = PriceField(default=0, help_text="What it adds to the price of one base unit, in the company's currency.")
    is_default = models.BooleanField(default=False, help_text="Part of the default configuration.")

    class Meta:
        ordering = ["question", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["question", "code"], name="configuration_option_code_once"),
            models.UniqueConstraint(
                fields=["question"], condition=Q(is_default=True), name="configuration_option_one_default"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9._]+$"),
                name="configuration_option_code_sane",
                violation_error_message="Capitals, digits, points and underscores only.",
            ),
            models.CheckConstraint(
                condition=Q(price__gt=-QUANTITY_LIMIT, price__lt=QUANTITY_LIMIT), name="configuration_option_price_sane"
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


@tracked()
class ConfiguredPart(models.Model):
    """A part that is configured on each row of it."""

    part = models.OneToOneField(Part, on_delete=models.PROTECT, related_name="configured")
    group = models.ForeignKey(ConfigurationGroup, on_delete=models.PROTECT, related_name="parts")

    class Meta:
        ordering = ["part"]

    def __str__(self):
        return f"{self.part} {self.group}"


@tracked()
class ListedOption(models.Model):
    """What an option costs for customers of a price list, in its currency, instead of its own price."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="options")
    option = models.ForeignKey(ConfigurationOption, on_delete=models.CASCADE, related_name="listed")
    price = PriceField(default=0)

    class Meta:
        ordering = ["price_list", "option"]
        constraints = [
            models.UniqueConstraint(fields=["price_list", "option"], name="listed_option_once"),
            models.CheckConstraint(
                condition=Q(price__gt=-QUANTITY_LIMIT, price__lt=QUANTITY_LIMIT), name="listed_option_price_sane"
            ),
        ]

    def __str__(self):
        return f"{self.option} in {self.price_list}"


class Calculation(models.Model):
    """What a configured row is reckoned to cost for its quantity, in the company's currency."""

    row = models.OneToOneField(SalesOrderRow, on_delete=models.CASCADE, related_name="calculation")
    quantity = QuantityField(help_text="In the part's base unit.")
    material = PriceField(default=0)
    time = PriceField(default=0)
    outside = PriceField(default=0)
    calculated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=between_zero_and_limit("quantity", "material", "time", "outside"), name="calculation_sane"
            )
        ]

    def __str__(self):
        return f"{self.row}: {self.total}"

    @property
    def total(self):
        return self.material + self.time + self.outside
