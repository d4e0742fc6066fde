"""Further columns of a row: VAT, account, references, codes for authorities. Nothing in the ledger depends on them."""

from django.db import models
from django.db.models import Q

from erp.register.fields import register_key
from erp.register.models import CN_CODE, matches
from sales.models.accounts import Account, FixedAsset, TransactionType
from sales.models.vat import VatCode


def words(length, label="", **facts):
    return models.CharField(label or None, max_length=length, blank=True, default="", **facts)


class Further(models.Model):
    """What a row may say besides."""

    vat_code = register_key(VatCode, null=True, blank=True, verbose_name="VAT code")
    sales_account = register_key(Account, null=True, blank=True, help_text="Empty: as the posting matrix says.")
    dock = words(20)
    dock_description = words(60)
    storage = words(30)
    kanban_number = words(30)
    manufacturing_reference = words(
        30, "reference for manufacturing", help_text="Such as the customer's chassis number."
    )
    delivery_reference = words(30, "reference for delivery", help_text="Such as a part consignment number.")
    tariff_code = words(20, "tariff or service code")
    cn_code = words(8, "CN code", help_text="Empty: the part's.")
    transaction_type = register_key(
        TransactionType, null=True, blank=True, help_text="Empty: that of the order type, else the default."
    )
    in_invoicing_plan = models.BooleanField("included in invoicing plan", default=False)
    fixed_asset = models.OneToOneField(
        FixedAsset, on_delete=models.PROTECT, null=True, blank=True, related_name="sales_row"
    )

    class Meta:
        abstract = True


# What a row has, by what happens to it.
REFERENCES = ["manufacturing_reference", "delivery_reference"]
COPIED = [
    "vat_code",
    "sales_account",
    "dock",
    "dock_description",
    "storage",
    "kanban_number",
    "tariff_code",
    "cn_code",
    "transaction_type",
    "in_invoicing_plan",
]


def constraints_of_further(goods):
    """Only what is delivered and costs something is taxed, posted or an asset."""
    return [
        models.CheckConstraint(
            condition=Q(row_type__in=goods) | Q(vat_code=None, sales_account=None, fixed_asset=None),
            name="sales_row_posts_goods",
        ),
        matches("cn_code", CN_CODE, "sales_row_cn_code_sane"),
    ]
