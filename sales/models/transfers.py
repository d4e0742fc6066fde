"""Between two companies of ours: what the one sells, the other makes, on a mirrored row of its own.

Links never cross companies. A transfer does: it names a row of the sales company and the row that mirrors it.
"""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from erp.register.history import tracked
from erp.register.models import NAMEABLE, Company, Part, Partner, Warehouse, matches
from sales.models.rows import SalesOrderRow


def crosses_as_its_profile_says():
    """The row is of the profile's sales company, the mirrored one of its production company, whoever writes it."""
    return pgtrigger.Trigger(
        name="crosses_as_its_profile_says",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("row_id", "there_id", "profile_id"),
        when=pgtrigger.Before,
        func="""
            IF EXISTS (SELECT FROM sales_transferprofile profile
                       JOIN register_warehouse warehouse ON warehouse.id = profile.warehouse_id
                       JOIN sales_salesorderrow here ON here.id = NEW.row_id
                       JOIN sales_salesorder ours ON ours.id = here.order_id
                       JOIN linkage_document document ON document.id = ours.document_id
                       LEFT JOIN sales_salesorderrow mirrored ON mirrored.id = NEW.there_id
                       LEFT JOIN sales_salesorder theirs ON theirs.id = mirrored.order_id
                       LEFT JOIN linkage_document other ON other.id = theirs.document_id
                       WHERE profile.id = NEW.profile_id
                       AND (document.company_id <> profile.company_id
                            OR coalesce(other.company_id, warehouse.company_id) <> warehouse.company_id
                            OR warehouse.company_id = profile.company_id)) THEN
                RAISE EXCEPTION 'A transfer goes from the company to the other one that its profile names.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_crosses_as_its_profile_says';
            END IF;
            RETURN NEW;
        """,
    )


@tracked()
class TransferProfile(models.Model):
    """From which of our companies rows go to which other: its warehouse, and the customer that the first is there."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=60)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", help_text="The one that sells.")
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="+", help_text="Of the company that makes; it delivers."
    )
    customer = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="+", help_text="What the selling company is to the other."
    )
    disconnect_allowed = models.BooleanField(
        "disconnect in the production company", default=False, help_text="The selling company always may."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [matches("code", NAMEABLE, "transfer_profile_code_sane")]

    def __str__(self):
        return f"{self.code} {self.name}"

    def clean(self):
        """In sentences beside the boxes; a profile from a company to itself is refused by its transfers as well."""
        if self.warehouse_id and self.warehouse.company_id == self.company_id:
            raise ValidationError({"warehouse": f"{self.warehouse} is a warehouse of {self.company} itself."})
        if self.customer_id and not self.customer.is_customer:
            raise ValidationError({"customer": f"{self.customer} is not a customer."})


@tracked()
class TransferPart(models.Model):
    """A part that is another one in the production company; all others have the same number there."""

    profile = models.ForeignKey(TransferProfile, on_delete=models.CASCADE, related_name="parts")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    there = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", help_text="The part that is made.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "part"], name="transfer_part_once")]

    def __str__(self):
        return f"{self.part} is {self.there}"


@tracked()
class PartTransfer(models.Model):
    """The profile that new rows of a part get."""

    part = models.OneToOneField(Part, on_delete=models.CASCADE, related_name="transfer")
    profile = models.ForeignKey(TransferProfile, on_delete=models.PROTECT, related_name="default_of")

    def __str__(self):
        return f"{self.part} by {self.profile}"


@tracked()
class Transfer(models.Model):
    """A row that another company of ours fulfils: not transferred yet, or mirrored by the row ``there``."""

    row = models.OneToOneField(SalesOrderRow, on_delete=models.CASCADE, related_name="transfer")
    profile = models.ForeignKey(TransferProfile, on_delete=models.PROTECT, related_name="+")
    there = models.OneToOneField(SalesOrderRow, on_delete=models.SET_NULL, null=True, related_name="transferred_from")
    trouble = models.CharField(max_length=400, blank=True, default="", help_text="Why it is not transferred.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(there=None) | ~Q(there=models.F("row")) & Q(trouble=""), name="transfer_is_whole_or_not"
            )
        ]
        triggers = [crosses_as_its_profile_says()]

    def __str__(self):
        return f"{self.row} by {self.profile}"

    @property
    def is_whole(self):
        return self.there_id is not None
