"""VAT: the codes that rows carry, what they come to from a day on, and which code a customer and a part get."""

from django.db import models
from django.db.models import Q

from erp.register.history import tracked
from erp.register.models import NAMEABLE, PartGroup, matches


@tracked()
class VatCode(models.Model):
    """A kind of VAT; what it comes to is in its rates."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = "VAT code"
        ordering = ["code"]
        constraints = [matches("code", NAMEABLE, "vat_code_sane")]

    def __str__(self):
        return self.code


@tracked()
class VatRate(models.Model):
    """From a day on the code comes to so many percent. The latest day that has come counts."""

    vat_code = models.ForeignKey(VatCode, on_delete=models.PROTECT, related_name="rates", verbose_name="VAT code")
    valid_from = models.DateField()
    percent = models.DecimalField("VAT %", max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = "VAT rate"
        ordering = ["vat_code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["vat_code", "valid_from"], name="vat_rate_once"),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100),
                name="vat_rate_sane",
                violation_error_message="A rate is between 0 and 100 %.",
            ),
        ]

    def __str__(self):
        return f"{self.vat_code} {self.percent} % from {self.valid_from}"


@tracked()
class VatGroup(models.Model):
    """Customers whose rows get the same VAT code: domestic, abroad, without VAT."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=60)
    vat_code = models.ForeignKey(VatCode, on_delete=models.PROTECT, related_name="+", verbose_name="VAT code")
    is_default = models.BooleanField(default=False, help_text="Of customers who have none.")

    class Meta:
        verbose_name = "VAT group"
        ordering = ["code"]
        constraints = [
            matches("code", NAMEABLE, "vat_group_code_sane"),
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="vat_group_one_default"),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


@tracked()
class VatException(models.Model):
    """Parts of a group get another VAT code in a VAT group."""

    vat_group = models.ForeignKey(
        VatGroup, on_delete=models.CASCADE, related_name="exceptions", verbose_name="VAT group"
    )
    part_group = models.ForeignKey(PartGroup, on_delete=models.PROTECT, related_name="+")
    vat_code = models.ForeignKey(VatCode, on_delete=models.PROTECT, related_name="+", verbose_name="VAT code")

    class Meta:
        verbose_name = "VAT exception"
        ordering = ["vat_group", "part_group"]
        constraints = [models.UniqueConstraint(fields=["vat_group", "part_group"], name="vat_exception_once")]

    def __str__(self):
        return f"{self.part_group} in {self.vat_group}: {self.vat_code}"
