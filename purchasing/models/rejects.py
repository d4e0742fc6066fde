"""What came and was not taken in: a fact beside the ledger, because rejected goods are nobody's supply."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from erp.register.fields import QuantityField, between_zero_and_limit
from erp.register.history import tracked


class RejectReason(models.TextChoices):
    DAMAGED = "damaged", "Damaged"
    WRONG_PART = "wrong-part", "Wrong part"
    MEASURES = "measures", "Out of measure"
    SURFACE = "surface", "Surface"
    EXPIRED = "expired", "Too old"
    PAPERS = "papers", "Papers missing"
    OTHER = "other", "Other"


class RejectQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(taken_back_at=None)

    def for_list(self):
        return self.select_related("row__supply__document", "row__supply__part__unit", "created_by").order_by("-pk")


@tracked()
class Reject(models.Model):
    """So much (base unit) of a purchase row that came and was refused: never stock, never on a link.

    ``owed``: the supplier owes a replacement, so it is still to come. Otherwise ``given_up`` of it left the order.
    """

    row = models.ForeignKey("purchasing.PurchaseOrderRow", on_delete=models.PROTECT, related_name="rejects")
    quantity = QuantityField()
    given_up = QuantityField(default=0)
    owed = models.BooleanField(default=True)
    code = models.CharField(max_length=12, choices=RejectReason)
    note = models.CharField(max_length=200, blank=True, default="")
    reference = models.CharField(max_length=60, blank=True, default="")
    effective_on = models.DateField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    taken_back_at = models.DateTimeField(null=True)

    objects = RejectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=between_zero_and_limit("quantity", "given_up")
                & Q(quantity__gt=0, given_up__lte=F("quantity"))
                & (Q(owed=False) | Q(given_up=0)),
                name="reject_quantities_sane",
            ),
            models.CheckConstraint(condition=Q(code__in=RejectReason.values), name="reject_code_known"),
            models.CheckConstraint(condition=~Q(code="other") | ~Q(note=""), name="reject_other_in_words"),
        ]

    def __str__(self):
        return f"reject {self.pk} on {self.row}"

    @property
    def words(self):
        return ": ".join(filter(None, [self.get_code_display(), self.note]))
