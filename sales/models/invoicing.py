"""Invoice bases: what was delivered, exported once for the bookkeeping; invoices are made there."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from erp.register.fields import PriceField, QuantityField
from erp.register.history import tracked
from erp.register.models import Company
from sales.models.accounts import Account
from sales.models.deliveries import DeliveryRow
from sales.models.posting import AccountType
from sales.models.rows import SalesOrderRow


@tracked()
class InvoiceBasis(models.Model):
    """One export. *Approved* says that its invoices are: its deliveries stand, its fixed assets are sold.

    *Withdrawn* says that none are made of it: its rows are free again.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    created_on = models.DateField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_on = models.DateField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField("why it was withdrawn", max_length=200, blank=True, default="")

    class Meta:
        verbose_name_plural = "invoice bases"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="invoice_basis_number_once"),
            models.CheckConstraint(
                condition=Q(approved_on=None, approved_by=None)
                | Q(approved_on__isnull=False, approved_by__isnull=False),
                name="invoice_basis_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_by=None)
                | Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False, approved_on=None),
                name="invoice_basis_withdrawn_by_somebody",
            ),
        ]

    def __str__(self):
        return self.number


class InvoiceLineQuerySet(models.QuerySet):
    def standing(self):
        """Lines of bases that nobody withdrew."""
        return self.filter(withdrawn=False)


@tracked()
class InvoiceLine(models.Model):
    """One row of a delivery note as it is invoiced, or credited when it was taken back after its export.

    A fictitious part stands on no note: it is delivered when its parts are, and has turns.
    """

    basis = models.ForeignKey(InvoiceBasis, on_delete=models.PROTECT, related_name="lines")
    row = models.ForeignKey(SalesOrderRow, on_delete=models.PROTECT, related_name="invoice_lines")
    delivered = models.ForeignKey(DeliveryRow, on_delete=models.PROTECT, null=True, related_name="invoice_lines")
    is_credit = models.BooleanField(default=False)
    turn = models.PositiveSmallIntegerField(null=True)
    delivered_on = models.DateField()
    delivery_note = models.CharField(max_length=60, blank=True, default="")
    quantity = QuantityField(help_text="In the row's unit.")
    unit_price = PriceField()
    discount = models.DecimalField("discount %", max_digits=11, decimal_places=6)
    setup_price = PriceField(default=0, help_text="Of the row, where this line carries it; in the amount.")
    amount = PriceField(help_text="In the order's currency.")
    vat_code = models.CharField("VAT code", max_length=10, blank=True, default="")
    vat_percent = models.DecimalField("VAT %", max_digits=5, decimal_places=2)
    priced_by = models.CharField(
        "priced by total row",
        max_length=140,
        blank=True,
        default="",
        help_text="The invoice shows no price of its own for such a line: the typed total says it.",
    )
    text = models.TextField(blank=True, default="", help_text="The texts of the order that are printed with the line.")

    withdrawn = models.BooleanField(default=False, help_text="Its basis was withdrawn: it counts no more.")

    objects = InvoiceLineQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["delivered", "is_credit"], condition=Q(withdrawn=False), name="invoice_line_delivered_once"
            ),
            models.UniqueConstraint(
                fields=["row", "turn"], condition=Q(withdrawn=False), name="invoice_line_turn_once"
            ),
            models.CheckConstraint(
                condition=Q(delivered__isnull=False, turn=None) | Q(delivered=None, turn__isnull=False),
                name="invoice_line_is_of_a_delivery_or_a_turn",
            ),
            models.CheckConstraint(condition=~Q(quantity=0), name="invoice_line_quantity_sane"),
        ]

    def __str__(self):
        return f"{self.row} on {self.basis}"


class InvoicePosting(models.Model):
    """A share of a line on an account: of its amount and VAT, or of what the goods cost."""

    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="postings")
    account_type = models.CharField(max_length=10, choices=AccountType)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    share = models.DecimalField("share %", max_digits=7, decimal_places=4)
    amount = PriceField(default=0, help_text="In the order's currency.")
    vat = PriceField("VAT", default=0)
    cost = PriceField(default=0, help_text="In the company's currency.")
    specification = models.CharField(max_length=200, blank=True, default="")
    dimensions = models.JSONField(default=dict, help_text="Codes of values by code of dimension, as they were then.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(account_type__in=AccountType.values), name="invoice_posting_type_known")
        ]

    def __str__(self):
        return f"{self.amount} of {self.line}"
