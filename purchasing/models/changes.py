"""What suppliers are asked to change on sent orders, and what they answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from erp.register.fields import PriceField, QuantityField
from erp.register.history import tracked
from purchasing.models.dispatches import Dispatch
from purchasing.models.orders import HeaderFact, PurchaseOrder
from purchasing.models.rows import PurchaseOrderRow


class Answer(models.TextChoices):
    WAITING = "waiting", "Waiting for the supplier"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    PARTLY = "partly", "Partly accepted"
    REPLACED = "replaced", "Replaced by a later one"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ChangeRequestQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(status=Answer.WAITING)

    def visible_to(self, user):
        return self if user.is_active else self.none()

    def for_list(self):
        lines = ChangeRequestLine.objects.for_list()
        return self.select_related(
            "order__document__partner", "order__document__company", "dispatch", "created_by"
        ).prefetch_related(models.Prefetch("lines", lines), "facts")


@tracked()
class ChangeRequest(models.Model):
    """What the supplier of a sent order was asked to change, and what it answered."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="change_requests")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=Answer, default=Answer.WAITING)
    dispatch = models.OneToOneField(Dispatch, on_delete=models.PROTECT, related_name="change_request")
    supplier_reference = models.CharField(max_length=60, blank=True, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="change_request_number_once"),
            models.UniqueConstraint(fields=["order"], condition=Q(status="waiting"), name="change_request_one_waits"),
            models.CheckConstraint(condition=Q(status__in=Answer.values), name="change_request_status_known"),
        ]

    def __str__(self):
        return f"{self.order}, change {self.number}"

    @property
    def is_waiting(self):
        return self.status == Answer.WAITING


class ChangeKind(models.TextChoices):
    CHANGED = "changed", "Changed"
    ADDED = "added", "New row"
    REMOVED = "removed", "Cancelled row"


class ChangeRequestLineQuerySet(models.QuerySet):
    def for_list(self):
        return self.select_related(
            "row__supply__document", "row__supply__part__unit", "row__supply__warehouse", "row__unit"
        ).order_by("row__position")


@tracked()
class ChangeRequestLine(models.Model):
    """One row of a request: what the supplier knew of it, and what it is asked for; null where there is no row."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="lines")
    row = models.ForeignKey(PurchaseOrderRow, on_delete=models.PROTECT, related_name="change_lines")
    kind = models.CharField(max_length=8, choices=ChangeKind)
    answer = models.CharField(max_length=12, choices=Answer, default=Answer.WAITING)
    old_quantity = QuantityField(null=True)
    new_quantity = QuantityField(null=True)
    old_on = models.DateField(null=True)
    new_on = models.DateField(null=True)
    old_price = PriceField(null=True)
    new_price = PriceField(null=True)
    old_discount = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    new_discount = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    objects = ChangeRequestLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "row"], name="change_request_row_once"),
            models.CheckConstraint(
                condition=Q(kind="added", old_quantity=None, new_quantity__gt=0)
                | Q(kind="removed", old_quantity__gt=0, new_quantity=None)
                | Q(kind="changed", old_quantity__gt=0, new_quantity__gt=0),
                name="change_request_line_whole",
            ),
        ]

    def __str__(self):
        return f"{self.request}: {self.row}"


@tracked()
class ChangeRequestFact(models.Model):
    """One fact of the order's header in a request, as ``purchasing.headers`` keeps it."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="facts")
    name = models.CharField(max_length=20, choices=HeaderFact)
    answer = models.CharField(max_length=12, choices=Answer, default=Answer.WAITING)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)

    class Meta:
        ordering = ["request", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "name"], name="change_request_fact_once"),
            models.CheckConstraint(
                condition=Q(name__in=HeaderFact.values) & ~Q(old=models.F("new")), name="change_request_fact_changes"
            ),
        ]

    def __str__(self):
        return self.get_name_display()
