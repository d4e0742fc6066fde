"""The rows of sales orders: what a customer was promised.

What the ledger must know of a row (quantity in the base unit, need date, warehouse, what is delivered) lives on the
demand that the row owns. The row keeps what was agreed with the customer: its own unit, quantity and dates.
"""

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.db.models.query import ModelIterable

from erp.register.fields import QUANTITY_LIMIT, PriceField, QuantityField, between_zero_and_limit, register_key
from erp.register.history import tracked
from erp.register.models import Part, PartRevision, Unit, Warehouse
from erp.register.versions import raised_by_edits
from linkage.models import Demand, Status
from sales.models.further import COPIED as COPIED_FURTHER
from sales.models.further import Further, constraints_of_further
from sales.models.orders import SalesOrder
from sales.models.printed import PRINTED, Printed, constraints_of_printed
from sales.statuses import HELD_BACK, OPEN, OrderStatus, RowStatus


class RowType(models.IntegerChoices):
    """What a row is. Only a part row is of the register and owns a demand; total and text rows carry no goods."""

    PART = 1, "Part"
    ADDITIONAL = 2, "Additional"
    TOTAL = 3, "Total"
    TEXT = 4, "Text"


GOODS = (RowType.PART, RowType.ADDITIONAL)


ON_DOCUMENTS = ["on_confirmation", "on_pick_list", "on_delivery_note", "on_invoice"]
SAID = ["text", *ON_DOCUMENTS]  # what a text says, and where
# What every copy of a row says as the row does, whatever is copied for.
COPIED = [
    "row_type",
    "role",
    "within",
    "nested",
    "variant",
    "configured_at",
    "part",
    "part_number",
    "name",
    "revision",
    "unit",
    "unit_price",
    "price_locked",
    "price_source",
    "price_currency",
    "discount",
    "discount_locked",
    "price_comment",
    "priced_in",
    "setup_priced_in",
    "standard_price",
    "standard_price_locked",
    "warehouse",
    "row_status",
    "priority",
    "customer_row_position",
    "goods_label",
    *COPIED_FURTHER,
    *PRINTED,
]


class Role(models.TextChoices):
    """What a sub-row that carries goods is to its main row."""

    PART = "part", "Part of a fictitious part"
    ALLOY = "alloy", "Alloy cost"
    PACKAGING = "packaging", "Packaging"


class PriceSource(models.TextChoices):
    """Where the price of a row came from."""

    STEP = "step", "Staggered price of the customer link"
    LINK = "link", "Price of the customer link"
    PRICE_LIST = "price list", "Price list"
    STANDARD = "standard price", "Standard price"
    PARTS = "parts", "Sum of its parts"
    CONFIGURATION = "configuration", "Configuration"


def one_level_of_sub_rows():
    """A sub-row stands below a main row of the same order, whoever writes it; a fictitious part never does.

    The parts of a fictitious part stand below its row only, and the demands are theirs, not the fictitious part's.
    Most rows name neither a row above nor a total row, and nothing is looked up for them.
    """
    return pgtrigger.Trigger(
        name="one_level_of_sub_rows",
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf("parent_id", "order_id", "total_row_id", "part_id", "role", "demand_id"),
        when=pgtrigger.Before,
        func="""
            IF NEW.parent_id IS NOT NULL THEN
                IF EXISTS (SELECT FROM sales_salesorderrow above WHERE above.id = NEW.parent_id
                           AND (above.order_id <> NEW.order_id OR above.parent_id IS NOT NULL)) THEN
                    RAISE EXCEPTION 'A sub-row stands below a main row of its own order.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'sales_row_one_level';
                END IF;
            END IF;
            IF NEW.parent_id IS NOT NULL OR NEW.demand_id IS NOT NULL THEN
                IF EXISTS (SELECT FROM register_part p WHERE p.id = NEW.part_id AND p.part_type = 'fictitious') THEN
                    RAISE EXCEPTION 'A fictitious part stands on a main row, and owns no demand.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'sales_row_fictitious_is_main';
                END IF;
            END IF;
            IF NEW.role = 'part' THEN
                IF NOT EXISTS (SELECT FROM sales_salesorderrow above JOIN register_part p ON p.id = above.part_id
                               WHERE above.id = NEW.parent_id AND p.part_type = 'fictitious') THEN
                    RAISE EXCEPTION 'Parts stand below the row of a fictitious part.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'sales_row_parts_below_fictitious';
                END IF;
            END IF;
            IF NEW.total_row_id IS NOT NULL THEN
                IF EXISTS (SELECT FROM sales_salesorderrow total WHERE total.id = NEW.total_row_id
                           AND (total.order_id <> NEW.order_id OR total.row_type <> 3)) THEN
                    RAISE EXCEPTION 'A row is summed by a total row of its own order.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'sales_row_total_of_its_order';
                END IF;
            END IF;
            RETURN NEW;
        """,
    )


def of_its_company():
    """A row is delivered from a warehouse of the company of its order, so that no link crosses companies."""
    return pgtrigger.Trigger(
        name="of_its_company",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("warehouse_id", "order_id"),
        when=pgtrigger.Before,
        func="""
            IF NOT EXISTS (SELECT FROM sales_salesorder own
                           JOIN linkage_document document ON document.id = own.document_id
                           JOIN register_warehouse warehouse ON warehouse.company_id = document.company_id
                           WHERE own.id = NEW.order_id AND warehouse.id = NEW.warehouse_id) THEN
                RAISE EXCEPTION 'A row is delivered from a warehouse of the company of its order.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'sales_row_of_its_company';
            END IF;
            RETURN NEW;
        """,
    )


class SalesOrderRowQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at__isnull=True, order__status__in=OPEN)

    def visible_to(self, user):
        return self if user.is_active else self.none()

    def main(self):
        """Rows with a position of their own; sub-rows belong to one of them."""
        return self.filter(parent=None)

    def goods(self):
        """Rows that are delivered and cost something."""
        return self.filter(row_type__in=GOODS)

    def standing(self):
        """Rows that nobody called off by themselves; their order may be cancelled as a whole."""
        return self.filter(called_off=False).exclude(demand__status=Status.CANCELLED)

    def to_deliver(self):
        """Rows of goods that are still to be delivered; a forecast is not, nor what may only be made by now."""
        return self.goods().filter(closed_at=None).exclude(row_status__in=HELD_BACK)

    def of_kits(self):
        """The parts of fictitious parts: delivered by themselves, paid for with their main row."""
        return self.filter(role=Role.PART)

    def priced(self):
        """Rows of goods that count in what an order is worth: all but the parts of a fictitious part."""
        return self.goods().exclude(role=Role.PART)

    def with_ordered_on(self):
        """The day the row was ordered: its own where it came later than its order."""
        return self.annotate(counts_as_ordered_on=Coalesce("ordered_on", "order__document__ordered_on"))

    def for_list(self):
        """Everything a list or grid of rows shows, in two queries.

        Rows share their order: it is not made anew for each, and PostgreSQL plans a dozen joins less.
        """
        return self.select_related(
            "part__unit",
            "part__configured",
            "part__default_warehouse",
            "part__active_revision",
            "unit",
            "warehouse",
            "revision",
            "parent",
            "demand",
        ).prefetch_related(models.Prefetch("order", SalesOrder.objects.for_list()))

    def in_order(self):
        """By position, each main row followed by its sub-rows."""
        return self.order_by("order_id", Coalesce("position", "parent__position"), "line", "pk")

    def _fetch_all(self):
        is_read = self._result_cache is None and issubclass(self._iterable_class, ModelIterable)
        super()._fetch_all()
        for row in self._result_cache if is_read else ():
            row.share_what_was_read()


@tracked(exclude=["version"], quiet=["position"])
class SalesOrderRow(Further, Printed):
    """One promise to a customer: so many of a part, by a date; or what else stands on the order.

    A main row has a position; its sub-rows have a line below it instead. A total row sums the rows that name it.
    """

    # Without indexes that every write pays for: the order's is that of its positions, the others are partial.
    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="rows", db_index=False)
    position = models.PositiveIntegerField(null=True)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="sub_rows", db_index=False
    )
    line = models.PositiveSmallIntegerField(default=0, help_text="Where a sub-row stands below its main row.")
    role = models.CharField(max_length=12, choices=Role, blank=True, default="")
    row_type = models.PositiveSmallIntegerField(choices=RowType, default=RowType.PART)
    part = register_key(Part, null=True, blank=True)
    part_number = models.CharField(
        max_length=40, blank=True, default="", help_text="Of an additional row, whose part is not in the register."
    )
    name = models.CharField(max_length=120, blank=True)
    text = models.TextField(max_length=4000, blank=True, default="")
    formatted = models.TextField(
        max_length=20_000, blank=True, default="", help_text="The same as HTML, where it is more than lines of words."
    )
    on_confirmation = models.BooleanField("on quote and confirmation", default=False)
    on_pick_list = models.BooleanField(default=False)
    on_delivery_note = models.BooleanField(default=False)
    on_invoice = models.BooleanField(default=False)
    revision = register_key(PartRevision, null=True, blank=True)
    variant = models.CharField("variant code", max_length=120, blank=True, default="")
    configured_at = models.DateTimeField(
        null=True, blank=True, help_text="Of a configured part: when somebody confirmed how it is wanted."
    )
    within = models.CharField(
        max_length=200, blank=True, default="", help_text="The fictitious parts between it and its main row."
    )
    nested = models.TextField(
        blank=True, default="", help_text="How many of each fictitious part are in it: a line each, path=number."
    )
    quantity = QuantityField(default=0)
    unit = register_key(Unit, null=True, blank=True)
    unit_price = PriceField(default=0)
    price_locked = models.BooleanField(default=False, help_text="Typed by hand: no suggestion overwrites it.")
    price_currency = models.CharField(
        max_length=3, blank=True, default="", help_text="The one it was agreed in, where it is not the order's."
    )
    price_source = models.CharField(max_length=20, choices=PriceSource, blank=True, default="")
    price_comment = models.CharField(max_length=200, blank=True, default="", help_text="Of the price that was taken.")
    priced_in = models.CharField(
        max_length=3,
        blank=True,
        default="",
        help_text="What a typed price was in when the order got another currency or rate.",
    )
    discount = models.DecimalField(
        "discount %", max_digits=11, decimal_places=6, default=0, help_text="Below 0 it raises the price."
    )
    discount_locked = models.BooleanField(default=False, help_text="Typed by hand: no suggestion overwrites it.")
    setup_price = PriceField(null=True, blank=True)
    setup_priced_in = models.CharField(
        max_length=3,
        blank=True,
        default="",
        help_text="What a typed setup price was in when the order got another one.",
    )
    standard_price = PriceField(
        null=True, blank=True, help_text="Of one base unit, in the company's currency. Empty: the part's."
    )
    standard_price_locked = models.BooleanField(default=False, help_text="Typed by hand: no calculation overwrites it.")
    total_row = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="included",
        db_index=False,
        help_text="It sums this row.",
    )
    total_price = PriceField(null=True, blank=True, help_text="Of a total row: the total that was typed.")
    rounding = PriceField(default=0, help_text="What the amount is off so that the typed total comes out.")
    delivery_date = models.DateField(null=True, blank=True)
    at_customer_date = models.DateField(
        "at customer", null=True, blank=True, help_text="The delivery date and the transport time."
    )
    ordered_on = models.DateField("order date", null=True, blank=True, help_text="Empty: the order's.")
    desired_date = models.DateField(null=True, blank=True)
    initial_date = models.DateField(null=True, blank=True)
    warehouse = register_key(Warehouse)
    row_status = models.CharField(max_length=12, choices=RowStatus, default=RowStatus.FIXED)
    priority = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 goes first. Empty: the order's.")
    customer_row_position = models.CharField("customer's row position", max_length=15, blank=True, default="")
    customer_order_number = models.CharField("customer's order number", max_length=30, blank=True, default="")
    goods_label = models.CharField(max_length=60, blank=True, default="")
    order_box = models.BooleanField("M-order/P-order box", default=False)
    demand = models.OneToOneField(Demand, on_delete=models.PROTECT, null=True, blank=True, related_name="sales_row")
    closed_at = models.DateTimeField(null=True, blank=True)
    called_off = models.BooleanField(default=False, help_text="Cancelled; of rows without a demand that could say it.")
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = SalesOrderRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"],
                name="sales_row_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(position__gt=0), name="sales_row_position_positive"),
            models.CheckConstraint(
                condition=Q(nested="") | Q(row_type=RowType.PART, parent=None), name="sales_row_nested_of_main_part"
            ),
            models.CheckConstraint(
                condition=Q(position__isnull=False, parent=None, line=0)
                | Q(position=None, parent__isnull=False, line__gt=0),
                name="sales_row_main_or_below_one",
            ),
            models.CheckConstraint(
                condition=Q(row_type=RowType.PART, part__isnull=False, unit__isnull=False, part_number="")
                | Q(row_type=RowType.ADDITIONAL, part=None, demand=None)
                | Q(row_type__in=[RowType.TOTAL, RowType.TEXT], part=None, unit=None, part_number="", demand=None),
                name="sales_row_is_of_its_type",
            ),
            models.CheckConstraint(
                condition=Q(row_type=RowType.PART, quantity__gt=0, quantity__lt=QUANTITY_LIMIT)
                | Q(row_type=RowType.ADDITIONAL, quantity__gt=-QUANTITY_LIMIT, quantity__lt=QUANTITY_LIMIT)
                & ~Q(quantity=0)
                | Q(row_type__in=[RowType.TOTAL, RowType.TEXT], quantity=0, unit_price=0, discount=0, rounding=0)
                & Q(setup_price=None, standard_price=None),
                name="sales_row_quantity_sane",
            ),
            models.CheckConstraint(
                condition=Q(row_type=RowType.TEXT, name="") | ~Q(row_type=RowType.TEXT) & ~Q(name=""),
                name="sales_row_has_a_name_or_is_text",
            ),
            models.CheckConstraint(
                condition=Q(row_type=RowType.TEXT) & ~Q(text="")
                | ~Q(row_type=RowType.TEXT)
                & Q(text="", on_confirmation=False, on_pick_list=False, on_delivery_note=False, on_invoice=False),
                name="sales_row_text_is_of_text_rows",
            ),
            models.CheckConstraint(
                condition=Q(formatted="") | Q(row_type=RowType.TEXT), name="sales_row_formatted_is_of_text_rows"
            ),
            models.CheckConstraint(
                condition=Q(total_row=None) | Q(row_type__in=GOODS, parent=None), name="sales_row_total_sums_main_rows"
            ),
            models.CheckConstraint(
                condition=Q(total_price=None)
                | Q(row_type=RowType.TOTAL, total_price__gt=-QUANTITY_LIMIT, total_price__lt=QUANTITY_LIMIT),
                name="sales_row_total_price_is_of_total_rows",
            ),
            models.CheckConstraint(
                condition=Q(rounding__gt=-QUANTITY_LIMIT, rounding__lt=QUANTITY_LIMIT), name="sales_row_rounding_sane"
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gt=-QUANTITY_LIMIT, unit_price__lt=QUANTITY_LIMIT), name="sales_row_price_sane"
            ),
            models.CheckConstraint(condition=Q(discount__gt=-1000, discount__lte=100), name="sales_row_discount_sane"),
            models.CheckConstraint(
                condition=between_zero_and_limit("setup_price", "standard_price"), name="sales_row_prices_sane"
            ),
            models.CheckConstraint(
                condition=Q(standard_price_locked=False) | Q(standard_price__isnull=False),
                name="sales_row_locked_standard_price_is_there",
            ),
            models.CheckConstraint(condition=Q(row_status__in=RowStatus.values), name="sales_row_status_known"),
            models.CheckConstraint(
                condition=Q(priority=None) | Q(priority__gte=1, priority__lte=9), name="sales_row_priority_sane"
            ),
            models.CheckConstraint(
                condition=Q(role="", parent=None)
                | Q(role="", parent__isnull=False, row_type=RowType.TEXT)
                | Q(role__in=[Role.PART, Role.PACKAGING], parent__isnull=False, row_type=RowType.PART)
                | Q(role=Role.ALLOY, parent__isnull=False, row_type=RowType.ADDITIONAL),
                name="sales_row_role_of_sub_rows",
            ),
            models.CheckConstraint(
                condition=Q(within="", variant="") | Q(row_type=RowType.PART), name="sales_row_variant_of_parts"
            ),
            models.CheckConstraint(
                condition=Q(called_off=False) | Q(closed_at__isnull=False), name="sales_row_called_off_is_closed"
            ),
            *constraints_of_further(GOODS),
            *constraints_of_printed(),
        ]
        indexes = [
            models.Index(fields=["part"], name="sales_row_part"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="sales_row_parent"),
            models.Index(fields=["total_row"], condition=Q(total_row__isnull=False), name="sales_row_total_row"),
            models.Index(fields=["order"], condition=Q(closed_at__isnull=False), name="sales_row_closed"),
            models.Index(F("delivery_date").asc(nulls_last=True), name="sales_row_delivery_date"),
        ]
        triggers = [
            raised_by_edits(ignoring=["position", "demand", "closed_at"]),
            of_its_company(),
            one_level_of_sub_rows(),
        ]

    def __str__(self):
        return f"{self.order}/{self.place}"

    def share_what_was_read(self):
        """Its demand has the same document, part and warehouse: what was read of the row is not read once more."""
        known = self._state.fields_cache
        demand, order = known.get("demand"), known.get("order")
        if not demand:
            return
        theirs = {"part": known.get("part"), "warehouse": known.get("warehouse")}
        theirs["document"] = order and order._state.fields_cache.get("document")
        for name, found in theirs.items():
            if found and found.pk == getattr(demand, f"{name}_id"):
                setattr(demand, name, found)

    def is_of(self, number):
        """Whether it belongs to this order of the customer: a row may name another one than its order does."""
        return self.customer_order_number in ("", number)

    @property
    def place(self):
        """Where it stands in its order: its position, or that of its main row and its line."""
        return f"{self.parent.position}.{self.line}" if self.parent_id else f"{self.position}"

    @property
    def is_part(self):
        return self.row_type == RowType.PART

    @property
    def is_goods(self):
        """Whether something is delivered and costs something."""
        return self.row_type in GOODS

    @property
    def is_dated(self):
        """Main rows of goods have a delivery date; sub-rows go with theirs."""
        return self.is_goods and self.parent_id is None

    @property
    def is_kit(self):
        """A fictitious part: what is delivered of it stands below it, and what it costs on it."""
        return self.is_part and self.part.is_phantom

    @property
    def is_of_kit(self):
        return self.role == Role.PART

    @property
    def is_text(self):
        return self.row_type == RowType.TEXT

    @property
    def is_total(self):
        return self.row_type == RowType.TOTAL

    @property
    def documents(self):
        """The documents that a text is printed on, in words."""
        printed = [self._meta.get_field(name).verbose_name for name in ON_DOCUMENTS if getattr(self, name)]
        return ", ".join(str(name).removeprefix("on ") for name in printed)

    @property
    def is_cancelled(self):
        ended = self.demand_id and self.demand.status == Status.CANCELLED
        return bool(ended or self.called_off or self.order.status == OrderStatus.CANCELLED)

    @property
    def demand_priority(self):
        """The priority that its demand has: its own, else the order's."""
        return self.priority or self.order.priority

    @property
    def other_revision(self):
        """The words beside a revision that is not the active one of the part."""
        active = self.part.active_revision
        if not self.revision_id or not active or active.pk == self.revision_id:
            return ""
        return f"Not the active revision of the part, which is {active}."

    @property
    def delivered(self):
        """In the base unit. A row without a demand is delivered whole or not at all."""
        if self.demand_id:
            return self.demand.done
        return self.quantity if self.is_closed and not self.is_cancelled else Decimal(0)

    @property
    def left(self):
        """What is not delivered yet, in the row's unit; nothing where only the base unit can say."""
        if not self.demand_id or not self.delivered:
            return Decimal(0) if self.is_closed else self.quantity
        return self.demand.open if self.unit_id == self.part.unit_id else None

    @property
    def progress(self):
        """How far this row is by itself, in the words of an order."""
        if self.is_cancelled:
            return OrderStatus.CANCELLED
        if self.is_closed:
            return OrderStatus.DELIVERED
        return OrderStatus.PARTLY_DELIVERED if self.delivered else self.order.before_delivery

    @property
    def is_closed(self):
        return self.closed_at is not None

    @property
    def has_stock(self):
        """Only a stock-updated part that exists by itself needs supply; services and phantoms own no demand."""
        return self.is_part and self.part.is_stock_updated and not self.part.is_phantom
