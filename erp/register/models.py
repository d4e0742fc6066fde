"""The register: what all apps refer to. Nothing here knows orders or links."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from erp.register.fields import QUANTITY_LIMIT, PriceField, QuantityField, between_zero_and_limit
from erp.register.gln import check_gln
from erp.register.history import tracked
from erp.register.roles import RIGHTS, may

# What people type to name a row: something, without spaces around it and without line breaks.
NAMEABLE = r"^\S([^\r\n\t]*\S)?$"
CURRENCY = r"^[A-Z]{3}$"
COUNTRY = r"^([A-Z]{2})?$"
GLN = r"^([0-9]{13})?$"
CN_CODE = r"^([0-9]{8})?$"


def matches(field, pattern, name):
    return models.CheckConstraint(
        condition=Q(**{f"{field}__regex": pattern}), name=name, violation_error_message=MESSAGES[pattern]
    )


MESSAGES = {
    NAMEABLE: "Numbers, codes and names may not be empty or have spaces around them.",
    CURRENCY: "A currency is three capital letters, such as EUR.",
    COUNTRY: "A country is two capital letters, such as SE.",
    GLN: "A GLN has 13 digits.",
    CN_CODE: "A CN code has eight digits.",
}


def gln_field(**facts):
    """The number by which electronic messages name a company or a place."""
    return models.CharField("GLN", max_length=13, blank=True, default="", validators=[check_gln], **facts)


def gln_once(name):
    return models.UniqueConstraint(
        fields=["gln"], condition=~Q(gln=""), name=name, violation_error_message="Another one has this GLN."
    )


@tracked(exclude=["password", "last_login", "list_columns"])
class User(AbstractUser):
    """Somebody who works with Pegboard. Never deleted, only deactivated: history names them."""

    language = models.CharField(max_length=5, blank=True, default="")
    list_columns = models.JSONField(
        blank=True, default=dict, help_text="By path of a list: the columns it opens with, in their order."
    )

    def __str__(self):
        return self.get_full_name() or self.username

    def has_perm(self, perm, obj=None):
        """A right of the roles is theirs alone: not a superuser's by itself, and no question for the database."""
        return may(self, perm) if perm in RIGHTS else super().has_perm(perm, obj)


@tracked()
class WorkCalendar(models.Model):
    """Which days are work days. The planner owns it; the days off are rows of their own."""

    name = models.CharField(max_length=60, unique=True)
    country = models.CharField(max_length=2, blank=True, help_text="Public holidays of this country seed the days off.")
    monday = models.BooleanField(default=True)
    tuesday = models.BooleanField(default=True)
    wednesday = models.BooleanField(default=True)
    thursday = models.BooleanField(default=True)
    friday = models.BooleanField(default=True)
    saturday = models.BooleanField(default=False)
    sunday = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            matches("name", NAMEABLE, "work_calendar_name_sane"),
            matches("country", COUNTRY, "work_calendar_country_sane"),
        ]

    def __str__(self):
        return self.name


@tracked()
class CalendarException(models.Model):
    """One date that differs from the week: a day off, or a work day on a weekend."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="exceptions")
    date = models.DateField()
    is_work_day = models.BooleanField(default=False)
    name = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "date"], name="calendar_exception_date_once")]

    def __str__(self):
        return f"{self.calendar} {self.date}"


@tracked()
class Company(models.Model):
    """The legal entity whose orders these are. Every document names one."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3, default="EUR")
    address = models.TextField(max_length=400, blank=True, default="", help_text="As it stands on what we send.")
    gln = gln_field(help_text="Our own, in electronic messages.")
    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT)

    class Meta:
        verbose_name_plural = "companies"
        ordering = ["code"]
        constraints = [
            matches("gln", GLN, "company_gln_sane"),
            gln_once("company_gln_once"),
            matches("code", NAMEABLE, "company_code_sane"),
            matches("currency", CURRENCY, "company_currency_sane"),
        ]

    def __str__(self):
        return self.name


@tracked()
class Unit(models.Model):
    """A unit of measure and how many decimals a quantity in it may have."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=60)
    decimals = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(6)])

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(decimals__lte=6), name="unit_decimals_at_most_six"),
            matches("code", NAMEABLE, "unit_code_sane"),
        ]

    def __str__(self):
        return self.code


@tracked()
class Warehouse(models.Model):
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    address = models.TextField(
        max_length=400, blank=True, default="", help_text="Where suppliers deliver; empty: the company's address."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [matches("code", NAMEABLE, "warehouse_code_sane")]

    def __str__(self):
        return self.code


class PartType(models.TextChoices):
    PURCHASED = "purchased", "Purchased"
    MANUFACTURED = "manufactured", "Manufactured"
    FICTITIOUS = "fictitious", "Fictitious"
    SERVICE = "service", "Service"
    PACKAGING = "packaging", "Packaging"


BOUGHT_TYPES = [PartType.PURCHASED.value, PartType.SERVICE.value, PartType.PACKAGING.value]  # a supplier delivers them


class LotSizing(models.TextChoices):
    LOT_FOR_LOT = "LL", "Lot for lot"
    LINKED = "LR", "Linked requirement"
    FIXED = "FQ", "Fixed order quantity"
    PERIOD = "PR", "Period requirement"
    NONE = "", "None"


@tracked()
class PartGroup(models.Model):
    """Parts that are taxed and posted alike: a product group."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["code"]
        constraints = [matches("code", NAMEABLE, "part_group_code_sane")]

    def __str__(self):
        return f"{self.code} {self.name}"


class PartQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def for_list(self):
        return self.select_related("unit", "default_warehouse", "active_revision").order_by("number")


@tracked()
class Part(models.Model):
    """Something that is bought, made, sold or used; a service or a fictitious (phantom) part too."""

    number = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    part_type = models.CharField(max_length=12, choices=PartType)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, help_text="The base unit: stock and links are counted in it."
    )
    lot_sizing = models.CharField(max_length=2, choices=LotSizing, blank=True, default=LotSizing.LOT_FOR_LOT)
    period_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Work days a period requirement (PR) gathers."
    )
    order_quantity = QuantityField(default=0, help_text="Fixed order quantity (FQ).")
    order_minimum = QuantityField(default=0)
    order_maximum = QuantityField(default=0, help_text="0 means no limit.")
    order_multiple = QuantityField(default=0)
    is_stock_updated = models.BooleanField("stock-updated", default=True)
    lead_time = models.PositiveSmallIntegerField(default=0, help_text="Work days to make or buy it.")
    safety_time = models.PositiveSmallIntegerField(
        default=0, help_text="Work days a supply is to be there earlier than needed."
    )
    lead_time_to_customer = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Work days promised to customers."
    )
    minimum_stock = QuantityField(default=0)
    over_production_tolerance = models.DecimalField(
        "over-production tolerance %", max_digits=5, decimal_places=2, default=0
    )
    standard_price = PriceField(default=0)
    discount_category = models.CharField(
        max_length=20, blank=True, default="", help_text="Customers get discounts on parts of one category."
    )
    weight = QuantityField(default=0, help_text="Net weight of one base unit in kg.")
    alloy_price = PriceField(
        default=0, help_text="Alloy cost per kg of net weight, in the company's currency, on customer orders."
    )
    alloy_percent = models.DecimalField(
        "alloy cost %", max_digits=7, decimal_places=4, default=0, help_text="Alloy cost as a share of the price."
    )
    package_quantity = QuantityField(
        "quantity per package",
        default=0,
        help_text="Sold in whole packages of so many base units; 0 means any quantity.",
    )
    quantity_for_lead_time = QuantityField(
        default=0, help_text="Up to so many base units the lead time holds; 0 means any quantity."
    )
    group = models.ForeignKey(
        PartGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="part group"
    )
    cn_code = models.CharField(
        "CN code", max_length=8, blank=True, default="", help_text="Eight digits, for Intrastat."
    )
    tariff_code = models.CharField("tariff or service code", max_length=20, blank=True, default="")
    is_serial_traced = models.BooleanField(
        "traced by serial number", default=False, help_text="Each piece has a serial number of its own."
    )
    default_warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, null=True, blank=True)
    active_revision = models.ForeignKey(
        "PartRevision", on_delete=models.PROTECT, null=True, blank=True, related_name="active_for"
    )
    make_from_sales_row = models.BooleanField(
        "M-order allowed from customer order",
        default=False,
        help_text="For stock-driven parts: the order is made for stock.",
    )
    is_active = models.BooleanField(default=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=between_zero_and_limit(
                    "order_quantity", "order_minimum", "order_maximum", "order_multiple", "minimum_stock", "weight"
                ),
                name="part_quantities_sane",
                violation_error_message="Quantities are zero or more and below a hundred thousand million.",
            ),
            models.CheckConstraint(
                condition=between_zero_and_limit("package_quantity", "quantity_for_lead_time"),
                name="part_sales_quantities_sane",
                violation_error_message="Quantities are zero or more and below a hundred thousand million.",
            ),
            models.CheckConstraint(
                condition=Q(alloy_price__gte=0, alloy_price__lt=QUANTITY_LIMIT)
                & Q(alloy_percent__gte=0, alloy_percent__lte=100),
                name="part_alloy_cost_sane",
                violation_error_message="An alloy cost is zero or more, and at most 100 %.",
            ),
            models.CheckConstraint(
                condition=Q(standard_price__gte=0, standard_price__lt=QUANTITY_LIMIT),
                name="part_standard_price_sane",
                violation_error_message="The standard price is zero or more and below a hundred thousand million.",
            ),
            models.CheckConstraint(
                condition=Q(over_production_tolerance__gte=0, over_production_tolerance__lte=100),
                name="part_over_production_tolerance_sane",
                violation_error_message="The tolerance is between 0 and 100 %.",
            ),
            models.CheckConstraint(
                condition=~Q(part_type=PartType.SERVICE) | Q(lot_sizing=LotSizing.NONE, is_stock_updated=False),
                name="part_service_has_no_lot_sizing_or_stock",
                violation_error_message="A service has no lot sizing and is not stock-updated.",
            ),
            models.CheckConstraint(
                condition=Q(part_type=PartType.SERVICE) | ~Q(lot_sizing=LotSizing.NONE),
                name="part_lot_sizing_given",
                violation_error_message="Only a service has no lot sizing.",
            ),
            models.CheckConstraint(
                condition=~Q(lot_sizing=LotSizing.PERIOD) | Q(period_days__isnull=False, period_days__gte=1),
                name="part_period_given",
                violation_error_message="Period requirement (PR) needs its period in work days.",
            ),
            models.CheckConstraint(
                condition=~Q(lot_sizing=LotSizing.FIXED) | Q(order_quantity__gt=0),
                name="part_fixed_order_quantity_given",
                violation_error_message="Fixed order quantity (FQ) needs its order quantity.",
            ),
            models.CheckConstraint(
                condition=Q(order_maximum=0) | Q(order_maximum__gte=F("order_minimum")),
                name="part_order_maximum_not_below_minimum",
                violation_error_message="The order maximum is below the order minimum.",
            ),
            models.CheckConstraint(
                condition=Q(part_type__in=PartType.values, lot_sizing__in=LotSizing.values), name="part_choices_known"
            ),
            matches("number", NAMEABLE, "part_number_sane"),
            matches("cn_code", CN_CODE, "part_cn_code_sane"),
        ]

    def __str__(self):
        return self.number

    @property
    def has_alloy_cost(self):
        return bool((self.weight and self.alloy_price) or self.alloy_percent)

    @property
    def is_order_oriented(self):
        """Each need of it has supply of its own, held by a link."""
        return self.lot_sizing == LotSizing.LINKED

    @property
    def is_made(self):
        return self.part_type == PartType.MANUFACTURED

    @property
    def is_bought(self):
        return self.part_type in BOUGHT_TYPES

    @property
    def is_phantom(self):
        return self.part_type == PartType.FICTITIOUS


@tracked()
class PartRevision(models.Model):
    """One drawing state of a part."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="revisions")
    code = models.CharField(max_length=20)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["part", "code"]
        constraints = [
            models.UniqueConstraint(fields=["part", "code"], name="part_revision_code_once"),
            # The other end of part_active_revision_is_its_own, a key over two columns (migration 0004).
            models.UniqueConstraint(fields=["id", "part"], name="part_revision_of_its_part"),
            matches("code", NAMEABLE, "part_revision_code_sane"),
        ]

    def __str__(self):
        return self.code


@tracked()
class WarehouseMinimum(models.Model):
    """The least of a part, in its base unit, that is sold from one warehouse at once."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="warehouse_minimums")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField(help_text="In the base unit.")

    class Meta:
        ordering = ["part", "warehouse"]
        constraints = [
            models.UniqueConstraint(fields=["part", "warehouse"], name="warehouse_minimum_once"),
            models.CheckConstraint(
                condition=between_zero_and_limit("quantity"),
                name="warehouse_minimum_sane",
                violation_error_message="Quantities are zero or more and below a hundred thousand million.",
            ),
        ]

    def __str__(self):
        return f"{self.part} from {self.warehouse}"


def language_known(name):
    return models.CheckConstraint(condition=Q(language__in=[code for code, _name in settings.LANGUAGES]), name=name)


@tracked()
class PartName(models.Model):
    """What a part is called in a language."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="names")
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    name = models.CharField(max_length=120)

    class Meta:
        verbose_name = "part name"
        ordering = ["part", "language"]
        constraints = [
            models.UniqueConstraint(fields=["part", "language"], name="part_name_once"),
            matches("name", NAMEABLE, "part_name_sane"),
            language_known("part_name_language_known"),
        ]

    def __str__(self):
        return f"{self.part} in {self.get_language_display()}"


@tracked()
class UnitName(models.Model):
    """How a unit is written in a language on what we send."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="names")
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    code = models.CharField(max_length=10)

    class Meta:
        verbose_name = "unit name"
        ordering = ["unit", "language"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "language"], name="unit_name_once"),
            matches("code", NAMEABLE, "unit_name_sane"),
            language_known("unit_name_language_known"),
        ]

    def __str__(self):
        return f"{self.unit} in {self.get_language_display()}"


@tracked()
class UnitConversion(models.Model):
    """``quantity in unit x numerator / denominator = quantity in base``; for one part, or for all without one."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, null=True, blank=True, related_name="conversions")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    base = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    numerator = models.PositiveBigIntegerField(validators=[MinValueValidator(1)])
    denominator = models.PositiveBigIntegerField(default=1, validators=[MinValueValidator(1)])
    for_sales = models.BooleanField(default=False, help_text="The default unit on customer orders.")

    class Meta:
        ordering = ["unit", "base"]
        constraints = [
            models.UniqueConstraint(fields=["part", "unit", "base"], nulls_distinct=False, name="unit_conversion_once"),
            models.CheckConstraint(
                condition=Q(numerator__gt=0, denominator__gt=0),
                name="unit_conversion_ratio_positive",
                violation_error_message="Both figures of the ratio are above zero.",
            ),
            models.UniqueConstraint(
                F("part"),
                Least("unit", "base"),
                Greatest("unit", "base"),
                nulls_distinct=False,
                name="unit_conversion_pair_once",
                violation_error_message="These two units already have a conversion; it is read in both directions.",
            ),
            models.UniqueConstraint(
                fields=["part"],
                condition=Q(for_sales=True),
                name="unit_conversion_one_for_sales",
                violation_error_message="The part already has a default unit for customer orders.",
            ),
            models.CheckConstraint(
                condition=Q(for_sales=False) | Q(part__isnull=False),
                name="unit_conversion_for_sales_of_a_part",
                violation_error_message="Only the conversion of one part can be its default for customer orders.",
            ),
            models.CheckConstraint(
                condition=~Q(unit=F("base")),
                name="unit_conversion_between_two_units",
                violation_error_message="A conversion is between two different units.",
            ),
        ]

    def __str__(self):
        return f"1 {self.unit} = {self.numerator}/{self.denominator} {self.base}"


class PartnerQuerySet(models.QuerySet):
    def customers(self):
        return self.filter(is_customer=True, is_active=True)

    def suppliers(self):
        return self.filter(is_supplier=True, is_active=True)


@tracked()
class Partner(models.Model):
    """A customer, a supplier, or both. Never deleted, only deactivated."""

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    is_customer = models.BooleanField(default=False)
    is_supplier = models.BooleanField(default=False)
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(
        max_length=5, choices=settings.LANGUAGES, default="en", help_text="What we send is written in it."
    )
    order_email = models.EmailField("e-mail for orders", blank=True, default="")
    gln = gln_field(help_text="In electronic messages.")
    is_internal = models.BooleanField(default=False, help_text="A department or company of ours.")
    is_active = models.BooleanField(default=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            matches("number", NAMEABLE, "partner_number_sane"),
            matches("gln", GLN, "partner_gln_sane"),
            gln_once("partner_gln_once"),
            matches("currency", CURRENCY, "partner_currency_sane"),
            models.CheckConstraint(
                condition=Q(is_customer=True) | Q(is_supplier=True),
                name="partner_customer_or_supplier",
                violation_error_message="A partner is a customer, a supplier or both.",
            ),
            models.CheckConstraint(
                condition=Q(language__in=[code for code, _name in settings.LANGUAGES]), name="partner_language_known"
            ),
            models.CheckConstraint(
                condition=~Q(order_email__regex=r"[\s,;]"),
                name="partner_order_email_is_one",
                violation_error_message="One address, without spaces.",
            ),
        ]

    def __str__(self):
        return self.name


@tracked()
class Address(models.Model):
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="addresses")
    kind = models.CharField(
        max_length=10, choices=[("mailing", "Mailing"), ("delivery", "Delivery"), ("invoice", "Invoice")]
    )
    lines = models.TextField(max_length=400)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True)
    gln = gln_field(help_text="Of this place, in electronic messages.")
    transport_days = models.PositiveSmallIntegerField(default=0, help_text="Work days on the road to this address.")
    is_default = models.BooleanField(default=False)
    language = models.CharField(
        max_length=5,
        choices=settings.LANGUAGES,
        blank=True,
        default="",
        help_text="What goes to this address is written in it; empty: the partner's.",
    )

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "kind"], condition=Q(is_default=True), name="address_one_default_per_kind"
            ),
            models.CheckConstraint(condition=Q(kind__in=["mailing", "delivery", "invoice"]), name="address_kind_known"),
            models.CheckConstraint(
                condition=Q(language__in=["", *(code for code, _name in settings.LANGUAGES)]),
                name="address_language_known",
            ),
            matches("gln", GLN, "address_gln_sane"),
            models.UniqueConstraint(
                fields=["kind", "gln"],
                condition=~Q(gln=""),
                name="address_gln_once_per_kind",
                violation_error_message="Another address of this kind has this GLN.",
            ),
            matches("country", COUNTRY, "address_country_sane"),
        ]

    def __str__(self):
        return f"{self.partner}, {self.city}"


@tracked()
class ExchangeRate(models.Model):
    """From a day on, one unit of a currency is worth ``rate`` of another. The latest day that has come counts."""

    currency = models.CharField(max_length=3)
    into = models.CharField(max_length=3, help_text="The currency of the company.")
    valid_from = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8, help_text="How much of it one unit is worth.")

    class Meta:
        ordering = ["currency", "into", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "into", "valid_from"], name="exchange_rate_once"),
            matches("currency", CURRENCY, "exchange_rate_currency_sane"),
            matches("into", CURRENCY, "exchange_rate_into_sane"),
            models.CheckConstraint(
                condition=Q(rate__gt=0, rate__lt=10**9),
                name="exchange_rate_positive",
                violation_error_message="A rate is above zero.",
            ),
            models.CheckConstraint(
                condition=~Q(currency=F("into")),
                name="exchange_rate_between_two",
                violation_error_message="A rate is between two different currencies.",
            ),
        ]

    def __str__(self):
        return f"1 {self.currency} = {self.rate.normalize():f} {self.into} from {self.valid_from}"


@tracked(exclude=["next_number"])
class NumberSeries(models.Model):
    """The next number of one kind of document in one company. Taken last in a transaction: no number is lost."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20)
    prefix = models.CharField(max_length=10, blank=True)
    next_number = models.PositiveBigIntegerField(default=1)

    class Meta:
        verbose_name_plural = "number series"
        constraints = [
            models.UniqueConstraint(fields=["company", "kind"], name="number_series_once"),
            models.CheckConstraint(condition=Q(next_number__gte=1), name="number_series_starts_at_one"),
            matches("kind", NAMEABLE, "number_series_kind_sane"),
        ]

    def __str__(self):
        return f"{self.company} {self.kind}"


@tracked()
class Setting(models.Model):
    """The value of one setting of the typed registry (``erp.register.settings_registry``); no row means the default."""

    name = models.CharField(max_length=60, unique=True)
    value = models.JSONField()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class SavedView(models.Model):
    """A list as somebody likes it: the query string of its address under a name, private or shared."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_views")
    page = models.CharField(max_length=200, help_text="The path of the list.")
    name = models.CharField(max_length=60)
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_name_once"),
        ]

    def __str__(self):
        return self.name


class DefaultView(models.Model):
    """The saved view that a list opens with for somebody."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="default_views")
    page = models.CharField(max_length=200)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="defaults")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="default_view_once")]

    def __str__(self):
        return f"{self.view} for {self.user}"
