"""What is bought, from whom and on which terms.

A purchase row owns one supply of the ledger. Part, warehouse, revision, base quantity, due date and what has arrived
live there and are not repeated here; the row keeps what the supplier reads: unit, quantity in that unit, price.
"""

from datetime import date

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Now
from django.utils.functional import cached_property

from erp.register.fields import QUANTITY_LIMIT, PriceField, QuantityField, between_zero_and_limit
from erp.register.history import tracked
from erp.register.models import Part, Partner, Unit
from linkage.models import Document, Status, Supply
from purchasing.rejected import Reject, RejectReason  # noqa: F401 - models of this app
from purchasing.statuses import AT_SUPPLIER, NOT_SENT, OPEN, TRANSITION_PAIRS, TRANSITIONS, PurchaseStatus

DELIVERY_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def rising_version():
    """Every change of the row raises its version, whoever writes it, so that a stale form is found out."""
    return pgtrigger.Trigger(
        name="version_rises",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=pgtrigger.AnyChange(),
        func="NEW.version := OLD.version + 1; RETURN NEW;",
    )


class SupplierTermQuerySet(models.QuerySet):
    def active(self):
        return self.filter(supplier__is_active=True, supplier__is_supplier=True)

    def chosen(self):
        """The default term of each part, or the only one of an active supplier."""
        others = SupplierTerm.objects.active().filter(part=OuterRef("part")).exclude(pk=OuterRef("pk"))
        return self.active().filter(Q(is_default=True) | ~Exists(others))

    def for_list(self):
        return self.select_related("part__unit", "supplier", "unit").order_by("part__number", "supplier__number")

    def with_prices(self):
        """Each term with its price breaks as ``breaks``, in one more query."""
        return self.prefetch_related(Prefetch("price_breaks", PriceBreak.objects.in_order(), to_attr="breaks"))


@tracked()
class SupplierTerm(models.Model):
    """What a supplier asks for a part, and how it delivers it. Quantities are in the purchase unit."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="supplier_terms")
    supplier = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="supplier_terms")
    supplier_part_number = models.CharField("supplier's part number", max_length=60, blank=True, default="")
    price = PriceField(default=0, help_text="Of one purchase unit.")
    discount = models.DecimalField("discount %", max_digits=5, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="EUR")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="purchase unit")
    multiple = QuantityField(default=0, help_text="Sold in multiples of this; 0 means any quantity.")
    minimum = QuantityField(default=0, help_text="The smallest quantity of an order row.")
    lead_time = models.PositiveSmallIntegerField(default=0, help_text="Work days from the order to the delivery.")
    is_default = models.BooleanField("default supplier", default=False)
    delivers_monday = models.BooleanField(default=True)
    delivers_tuesday = models.BooleanField(default=True)
    delivers_wednesday = models.BooleanField(default=True)
    delivers_thursday = models.BooleanField(default=True)
    delivers_friday = models.BooleanField(default=True)
    delivers_saturday = models.BooleanField(default=True)
    delivers_sunday = models.BooleanField(default=True)
    over_tolerance = models.DecimalField(
        "over-delivery tolerance %", max_digits=5, decimal_places=2, default=0, help_text="Taken in without approval."
    )
    under_tolerance = models.DecimalField(
        "under-delivery tolerance %",
        max_digits=5,
        decimal_places=2,
        default=0,
        help_text="A final receipt within it closes the row as received.",
    )

    objects = SupplierTermQuerySet.as_manager()

    class Meta:
        ordering = ["part", "supplier"]
        constraints = [
            models.UniqueConstraint(fields=["part", "supplier"], name="supplier_term_once"),
            models.UniqueConstraint(fields=["part"], condition=Q(is_default=True), name="supplier_term_one_default"),
            models.CheckConstraint(
                condition=between_zero_and_limit("price", "multiple", "minimum"), name="supplier_term_figures_sane"
            ),
            models.CheckConstraint(condition=Q(discount__gte=0, discount__lte=100), name="supplier_term_discount_sane"),
            models.CheckConstraint(
                condition=Q(over_tolerance__gte=0, over_tolerance__lte=100, under_tolerance__gte=0)
                & Q(under_tolerance__lte=100),
                name="supplier_term_tolerances_sane",
            ),
            models.CheckConstraint(
                condition=Q(*((f"delivers_{day}", True) for day in DELIVERY_DAYS), _connector=Q.OR),
                name="supplier_term_delivers_some_day",
            ),
        ]

    def __str__(self):
        return f"{self.part} from {self.supplier}"

    def clean(self):
        """An order is written in one currency: the supplier's."""
        if self.supplier_id and self.currency != self.supplier.currency:
            raise ValidationError({"currency": f"{self.supplier} is paid in {self.supplier.currency}."})

    def delivers_on(self, day: date):
        return getattr(self, f"delivers_{DELIVERY_DAYS[day.weekday()]}")

    @cached_property
    def delivery_pattern(self):
        """Which days of the week, Monday first."""
        return tuple(getattr(self, f"delivers_{day}") for day in DELIVERY_DAYS)

    @property
    def delivery_days(self):
        """The days in words: every day, or the days' names."""
        days = [day.capitalize() for day in DELIVERY_DAYS if getattr(self, f"delivers_{day}")]
        return "every day" if len(days) == len(DELIVERY_DAYS) else ", ".join(days)


class PriceBreakQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("from_quantity", "valid_from", "pk")


@tracked()
class PriceBreak(models.Model):
    """From so many purchase units on, another price or discount; the day decides which of them count."""

    term = models.ForeignKey(SupplierTerm, on_delete=models.CASCADE, related_name="price_breaks")
    from_quantity = QuantityField(help_text="In the purchase unit.")
    price = PriceField(help_text="Of one purchase unit.")
    discount = models.DecimalField("discount %", max_digits=5, decimal_places=2, default=0)
    valid_from = models.DateField(null=True, blank=True, help_text="Empty: since ever.")
    valid_until = models.DateField(null=True, blank=True, help_text="The last day. Empty: for good.")

    objects = PriceBreakQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["term", "from_quantity", "valid_from"], name="price_break_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=between_zero_and_limit("from_quantity", "price"), name="price_break_figures_sane"
            ),
            models.CheckConstraint(condition=Q(discount__gte=0, discount__lte=100), name="price_break_discount_sane"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=models.F("valid_from")),
                name="price_break_ends_after_it_begins",
                violation_error_message="The last day lies before the first one.",
            ),
        ]

    def __str__(self):
        return f"{self.term} from {self.from_quantity.normalize():f}"

    def counts_on(self, day: date):
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)


class PurchaseOrderQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=OPEN)

    def visible_to(self, user):
        """Everybody who works here; suppliers get their own rows with the portal."""
        return self if user.is_active else self.none()

    def for_list(self):
        return self.select_related("document__partner", "document__company", "buyer")


@tracked(exclude=["version"])
class PurchaseOrder(models.Model):
    """An order to one supplier; who that is, its number and its date stand in its document."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="purchase_order")
    status = models.CharField(max_length=16, choices=PurchaseStatus, default=PurchaseStatus.DRAFT)
    currency = models.CharField(max_length=3, default="EUR")
    rate = models.DecimalField(
        max_digits=18,
        decimal_places=8,
        null=True,
        help_text="What one unit of it was worth in the company's currency when the order was sent.",
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", help_text="Our reference."
    )
    supplier_reference = models.CharField(max_length=60, blank=True, default="")
    goods_label = models.CharField(max_length=60, blank=True, default="")
    delivery_address = models.TextField(
        max_length=400, blank=True, default="", help_text="Empty: the address of our warehouse."
    )
    drop_shipment = models.BooleanField(
        default=False, help_text="The goods go straight to the customer: receiving delivers them."
    )
    note = models.TextField(max_length=2000, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=0)

    objects = PurchaseOrderQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.FSM(name="status_moves", field="status", transitions=TRANSITION_PAIRS),
            rising_version(),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(rate=None) | Q(rate__gt=0, rate__lt=10**9), name="purchase_order_rate_positive"
            ),
            models.CheckConstraint(
                condition=Q(drop_shipment=False) | ~Q(delivery_address=""),
                name="purchase_order_drop_shipment_has_address",
            ),
        ]
        indexes = [models.Index(fields=["status"], name="purchase_order_status")]

    def __str__(self):
        return str(self.document)

    @property
    def supplier(self):
        return self.document.partner

    @property
    def is_open(self):
        return self.status in OPEN

    @property
    def is_at_supplier(self):
        return self.status in AT_SUPPLIER

    @property
    def is_not_sent(self):
        return self.status in NOT_SENT

    @property
    def can_be_cancelled(self):
        return PurchaseStatus.CANCELLED in TRANSITIONS[PurchaseStatus(self.status)]


class PurchaseOrderRowQuerySet(models.QuerySet):
    def open(self):
        return self.filter(supply__status__in=[Status.SUGGESTED, Status.PLANNED, Status.FIRM, Status.STARTED])

    def confirmed(self):
        """Rows whose present date and quantity are what the supplier confirmed."""
        enough = Q(agreed_quantity=None) | Q(agreed_quantity__gte=F("quantity"))
        return self.filter(enough, confirmed_on=F("supply__due_date"))

    def untold(self):
        """Rows of sent orders that are not what the supplier knows of them (``purchasing.differences``)."""
        open_rows = Q(order__status__in=AT_SUPPLIER, supply__status__in=[Status.FIRM, Status.STARTED])
        same = Q(agreed_quantity=F("quantity"), agreed_price=F("price"), agreed_discount=F("discount"))
        same &= Q(agreed_on=F("supply__due_date"))
        gone = Q(supply__status=Status.CANCELLED, agreed_quantity__isnull=False, order__sent_at__isnull=False)
        return self.filter(gone | open_rows & (Q(agreed_quantity=None) | ~same))

    def visible_to(self, user):
        return self if user.is_active else self.none()

    def for_list(self):
        return self.select_related(
            "order__document__partner",
            "supply__document",
            "supply__part__unit",
            "supply__warehouse",
            "supply__revision",
            "unit",
        )


@tracked(exclude=["version"])
class PurchaseOrderRow(models.Model):
    """So much of one part, in the unit and at the price that the supplier reads."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    supply = models.OneToOneField(Supply, on_delete=models.PROTECT, related_name="purchase_row")
    quantity = QuantityField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    price = PriceField(default=0)
    discount = models.DecimalField("discount %", max_digits=5, decimal_places=2, default=0)
    price_by_hand = models.BooleanField(default=False, help_text="A new quantity leaves price and discount alone.")
    supplier_part_number = models.CharField(max_length=60, blank=True, default="")
    goods_label = models.CharField(max_length=60, blank=True, default="")
    wanted_on = models.DateField(null=True, help_text="The date that was asked for; the supply has the one expected.")
    wanted_quantity = QuantityField(null=True, help_text="The quantity that was asked for; null until it is sent.")
    confirmed_on = models.DateField(null=True, help_text="The date that the supplier confirmed.")
    agreed_quantity = QuantityField(
        null=True, help_text="What the supplier knows; null where it never heard of the row."
    )
    agreed_on = models.DateField(null=True)
    agreed_price = PriceField(null=True)
    agreed_discount = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    under_tolerance = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    short_closed = models.BooleanField(default=False)
    short_closed_reason = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=0)

    objects = PurchaseOrderRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"], name="purchase_row_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lt=QUANTITY_LIMIT), name="purchase_row_quantity_positive"
            ),
            models.CheckConstraint(condition=between_zero_and_limit("price"), name="purchase_row_price_sane"),
            models.CheckConstraint(
                condition=Q(discount__gte=0, discount__lte=100, under_tolerance__gte=0, under_tolerance__lte=100),
                name="purchase_row_percentages_sane",
            ),
            models.CheckConstraint(
                condition=Q(agreed_quantity=None, agreed_on=None, agreed_price=None, agreed_discount=None)
                | Q(*((f"{name}__isnull", False) for name in ["agreed_quantity", "agreed_price", "agreed_discount"]))
                & Q(agreed_on__isnull=False, agreed_discount__gte=0, agreed_discount__lte=100)
                & between_zero_and_limit("agreed_quantity", "agreed_price"),
                name="purchase_row_agreed_whole",
            ),
            models.CheckConstraint(
                condition=Q(wanted_quantity=None) | Q(wanted_quantity__gt=0, wanted_quantity__lt=QUANTITY_LIMIT),
                name="purchase_row_wanted_quantity_positive",
            ),
        ]
        triggers = [rising_version()]

    def __str__(self):
        return self.supply.label

    @property
    def is_open(self):
        return self.supply.status not in {Status.CLOSED, Status.CANCELLED}

    @property
    def is_confirmed(self):
        """The supplier confirmed the date and no less than the quantity that the row has now."""
        enough = self.agreed_quantity is None or self.agreed_quantity >= self.quantity
        return enough and self.confirmed_on is not None and self.confirmed_on == self.supply.due_date


class How(models.TextChoices):
    EMAIL = "email", "By e-mail"
    FILE = "file", "As a file to download"
    OTHER = "other", "Sent otherwise"


class Outcome(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"


class DispatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_active else self.none()

    def undone(self):
        """Mails that have not gone out."""
        return self.exclude(outcome=Outcome.SENT)

    def for_list(self):
        return self.select_related("order__document__partner", "order__document__company", "created_by")


@tracked(exclude=["texts"])
class Dispatch(models.Model):
    """One document that went to the supplier, kept as the texts it was set from; they never change."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="dispatches")
    version = models.PositiveIntegerField()
    how = models.CharField(max_length=8, choices=How)
    address = models.EmailField(blank=True, default="")
    texts = models.JSONField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    error = models.CharField(max_length=300, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "dispatches"
        constraints = [
            models.UniqueConstraint(fields=["order", "version"], name="dispatch_version_once"),
            models.CheckConstraint(condition=~Q(how="email") | ~Q(address=""), name="dispatch_mail_has_an_address"),
            models.CheckConstraint(
                condition=Q(how__in=How.values)
                & (
                    Q(outcome="sent", sent_at__isnull=False)
                    | Q(outcome__in=["waiting", "sending", "failed"], sent_at=None)
                ),
                name="dispatch_outcome_sane",
            ),
        ]
        indexes = [
            models.Index(fields=["order"], condition=~Q(outcome="sent"), name="dispatch_undone"),
        ]
        triggers = [pgtrigger.ReadOnly(name="document_stays", fields=["order", "version", "texts", "created_at"])]

    def __str__(self):
        return f"{self.order}, version {self.version}"

    @property
    def is_sent(self):
        return self.outcome == Outcome.SENT


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
        ).prefetch_related(models.Prefetch("lines", lines))


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
