"""Links and what belongs to them. Written by ``linkage.operations`` only; ended, never deleted."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from erp.register.fields import QuantityField, between_zero_and_limit
from erp.register.history import tracked
from erp.register.models import Part, Warehouse
from linkage.models.positions import Demand, Supply


class LinkKind(models.TextChoices):
    BOUND = "bound", "Bound"
    CLAIMED = "claimed", "Claimed"


class OrderLinkQuerySet(models.QuerySet):
    def open(self):
        return self.filter(open__gt=0)

    def with_ends(self):
        return self.select_related(
            "supply__document",
            "supply__part__unit",
            "supply__warehouse",
            "demand__document",
            "demand__for_supply",
            "demand__hold__partner",
            "stock",
        )


def _ledger_key(to, related_name, **options):
    """A key that guard.sql replaces by a composite one (same part and warehouse on all ends)."""
    return models.ForeignKey(
        to, on_delete=models.PROTECT, related_name=related_name, db_constraint=False, db_index=False, **options
    )


@tracked(exclude=["to_come", "on_shelf", "open"])
class OrderLink(models.Model):
    """So much of one supply promised to one demand, one row from promise to issue.

    ``to_come`` counts on the supply, ``on_shelf`` on the stock balance where the goods lie, ``open`` on the demand.
    """

    supply = _ledger_key(Supply, "links")
    demand = _ledger_key(Demand, "links")
    stock = _ledger_key(Supply, "shelf_links", null=True)
    part = _ledger_key(Part, "+")
    warehouse = _ledger_key(Warehouse, "+")
    quantity = QuantityField()
    received = QuantityField(default=0)
    issued = QuantityField(default=0)
    released = QuantityField(default=0)
    kind = models.CharField(max_length=8, choices=LinkKind)
    contract = models.BooleanField(default=False)
    rule = models.CharField(max_length=30, blank=True, default="", help_text="The rule that made it; empty = by hand.")
    reason = models.CharField(max_length=200, blank=True, default="")
    handed_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="handed_to", db_index=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    created_at = models.DateTimeField(db_default=Now())
    to_come = models.GeneratedField(
        expression=F("quantity") - F("received") - F("released"), output_field=QuantityField(), db_persist=True
    )
    on_shelf = models.GeneratedField(
        expression=F("received") - F("issued"), output_field=QuantityField(), db_persist=True
    )
    open = models.GeneratedField(
        expression=F("quantity") - F("issued") - F("released"), output_field=QuantityField(), db_persist=True
    )

    objects = OrderLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=between_zero_and_limit("quantity", "received", "issued", "released")
                & Q(quantity__gt=0, received__gte=F("issued"), received__lte=F("quantity") - F("released"))
                & (Q(stock__isnull=False) | Q(received=F("issued"))),
                name="link_quantities_sane",
            ),
            models.UniqueConstraint(
                fields=["supply", "demand", "kind"], condition=Q(open__gt=0), name="link_pair_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["demand"], include=["supply", "open"], name="link_demand"),
            models.Index(fields=["supply"], include=["demand", "open"], name="link_supply"),
            models.Index(fields=["stock"], condition=Q(stock__isnull=False), name="link_stock"),
        ]

    def __str__(self):
        return f"{self.supply} → {self.demand}"

    @property
    def status(self):
        """Derived, never typed in: planned, partly received, received, partly issued, fulfilled or ended."""
        if self.open == 0:
            return "fulfilled" if self.issued == self.quantity else "ended"
        if self.issued > 0:
            return "partly issued"
        if self.received == 0:
            return "planned"
        return "received" if self.to_come == 0 else "partly received"


class Provenance(models.Model):
    """What a supply was made for. A fact, so it stays after a disconnect."""

    supply = models.ForeignKey(Supply, on_delete=models.PROTECT, related_name="provenance")
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="provenance")
    quantity = QuantityField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supply", "demand"], name="provenance_once"),
            models.CheckConstraint(condition=between_zero_and_limit("quantity"), name="provenance_quantity_sane"),
        ]

    def __str__(self):
        return f"{self.supply} made for {self.demand}"


@tracked()
class Tombstone(models.Model):
    """The pair that a person disconnected: automatic linking leaves it alone."""

    supply = models.ForeignKey(Supply, on_delete=models.PROTECT, related_name="tombstones")
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="tombstones")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supply", "demand"], name="tombstone_once")]

    def __str__(self):
        return f"{self.supply} not again to {self.demand}"


class Peg(models.Model):
    """What planning computed between a demand and a supply. Promises nothing; replaced at each planning run."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="pegs")
    supply = models.ForeignKey(Supply, on_delete=models.CASCADE, related_name="pegs")
    quantity = QuantityField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=between_zero_and_limit("quantity"), name="peg_quantity_sane"),
        ]

    def __str__(self):
        return f"{self.supply} pegged to {self.demand}"


class SwapProposalQuerySet(models.QuerySet):
    def standing(self):
        """Those that can still be done: both links hold what would be swapped."""
        return self.filter(late_link__open__gte=F("quantity"), early_link__open__gte=F("quantity"))

    def for_list(self):
        ends = (
            "demand__document__partner",
            "demand__for_supply",
            "supply__document",
            "supply__warehouse",
            "part__unit",
        )
        links = (f"{link}__{end}" for link in ("late_link", "early_link") for end in ends)
        return self.select_related("row__document__partner", "row__for_supply", "row__part", *links)


class SwapProposal(models.Model):
    """A swap that makes a row less late and none later, as ``find_swaps`` saw it; replaced at each run.

    The days are those of ``row`` by its whole chain, before and after all the swaps proposed for it.
    """

    row = models.ForeignKey("linkage.Demand", on_delete=models.CASCADE, related_name="+")
    late_link = models.ForeignKey(OrderLink, on_delete=models.PROTECT, related_name="+")
    early_link = models.ForeignKey(OrderLink, on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()
    days_before = models.PositiveIntegerField()
    days_after = models.PositiveIntegerField()
    found_at = models.DateTimeField(db_default=Now())

    objects = SwapProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["late_link", "early_link"], name="swap_proposal_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, days_after__lt=F("days_before")), name="swap_proposal_helps"
            ),
        ]

    def __str__(self):
        return f"{self.late_link.demand} ↔ {self.early_link.demand}"
