"""What was agreed with customers: price lists, customer links of parts with their steps, discounts, order types."""

from django.db import models
from django.db.models import Q

from erp.register.delivery_days import DeliveryDays, some_day
from erp.register.fields import PriceField, QuantityField, between_zero_and_limit
from erp.register.history import tracked
from erp.register.models import CURRENCY, NAMEABLE, Part, Partner, Unit, matches
from production.models import ProductionOrderType
from sales.models.accounts import TransactionType
from sales.models.vat import VatGroup


def discount_field(**facts):
    return models.DecimalField("discount %", max_digits=11, decimal_places=6, **facts)


def discount_between(name):
    """A discount is at most 100 %; below 0 it raises the price."""
    return models.CheckConstraint(condition=Q(discount__gt=-1000, discount__lte=100), name=name)


class PriceStrategy(models.TextChoices):
    PRICE_LIST = "price list", "Price list of the customer"
    STANDARD = "standard price", "Standard price"
    CUSTOMER = "customer", "According to customer"


@tracked()
class OrderType(models.Model):
    """A kind of sales order; it says where the prices of its rows come from."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=60)
    price_strategy = models.CharField(max_length=14, choices=PriceStrategy, default=PriceStrategy.CUSTOMER)
    transaction_type = models.ForeignKey(
        TransactionType, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    production_order_type = models.ForeignKey(
        ProductionOrderType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Of the production orders made from its rows. Empty: that of whoever makes them.",
    )
    is_default = models.BooleanField(default=False, help_text="New orders get it.")

    class Meta:
        ordering = ["code"]
        constraints = [
            matches("code", NAMEABLE, "order_type_code_sane"),
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="order_type_one_default"),
            models.CheckConstraint(
                condition=Q(price_strategy__in=PriceStrategy.values), name="order_type_strategy_known"
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


@tracked()
class PriceList(models.Model):
    name = models.CharField(max_length=60, unique=True)
    currency = models.CharField(max_length=3, default="EUR")
    is_active = models.BooleanField("active", default=True, help_text="Rows are offered its prices.")

    class Meta:
        ordering = ["name"]
        constraints = [
            matches("name", NAMEABLE, "price_list_name_sane"),
            matches("currency", CURRENCY, "price_list_currency_sane"),
        ]

    def __str__(self):
        return self.name


@tracked()
class ListedPrice(models.Model):
    """The price of one unit of a part on a price list, from a quantity on."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="prices")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    from_quantity = QuantityField(default=0)
    price = PriceField()
    comment = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["price_list", "part", "unit", "from_quantity"]
        constraints = [
            models.UniqueConstraint(fields=["price_list", "part", "unit", "from_quantity"], name="listed_price_once"),
            models.CheckConstraint(
                condition=between_zero_and_limit("from_quantity", "price"), name="listed_price_figures_sane"
            ),
        ]

    def __str__(self):
        return f"{self.part} on {self.price_list}"


@tracked()
class CustomerTerm(DeliveryDays):
    """What was agreed with a customer for all its orders; the days are those on which it takes deliveries."""

    customer = models.OneToOneField(Partner, on_delete=models.PROTECT, related_name="customer_term")
    order_type = models.ForeignKey(OrderType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    discount = discount_field(default=0)
    vat_group = models.ForeignKey(
        VatGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="VAT group"
    )
    creates_alloy_cost = models.BooleanField(
        "alloy cost", default=False, help_text="Its rows get their alloy cost below them when they are registered."
    )
    is_private = models.BooleanField(
        "private customer", default=False, help_text="Its orders also show prices including VAT."
    )

    class Meta:
        ordering = ["customer"]
        constraints = [
            discount_between("customer_term_discount_sane"),
            some_day("customer_term_delivers_some_day", violation_error_message="Tick at least one day of the week."),
        ]

    def __str__(self):
        return f"Terms of {self.customer}"


@tracked()
class CategoryDiscount(models.Model):
    """What a customer, or every customer, is let off for parts of one discount category."""

    category = models.CharField(max_length=20)
    customer = models.ForeignKey(
        Partner,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="category_discounts",
        help_text="Empty: everybody who has no line of its own.",
    )
    discount = discount_field()

    class Meta:
        ordering = ["category", "customer"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "customer"], nulls_distinct=False, name="category_discount_once"
            ),
            matches("category", NAMEABLE, "category_discount_category_sane"),
            discount_between("category_discount_sane"),
        ]

    def __str__(self):
        return f"{self.category} for {self.customer or 'everybody'}"


@tracked()
class CustomerLink(models.Model):
    """What was agreed with a customer for one part; what is empty was not agreed."""

    customer = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="customer_links")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="customer_links")
    customer_part_number = models.CharField("customer's part number", max_length=60, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text="The unit of the prices.")
    price = PriceField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    discount = discount_field(null=True, blank=True)
    setup_price = PriceField(null=True, blank=True, help_text="In the currency of the link.")
    lead_time = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Work days promised to it.")
    price_comment = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["customer", "part"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "part"], name="customer_link_once"),
            models.CheckConstraint(
                condition=between_zero_and_limit("price", "setup_price"), name="customer_link_prices_sane"
            ),
            discount_between("customer_link_discount_sane"),
            matches("currency", CURRENCY, "customer_link_currency_sane"),
        ]

    def __str__(self):
        return f"{self.part} for {self.customer}"


@tracked()
class CustomerLinkStep(models.Model):
    """A staggered price: what one unit costs from a quantity on."""

    link = models.ForeignKey(CustomerLink, on_delete=models.CASCADE, related_name="steps")
    from_quantity = QuantityField()
    price = PriceField()

    class Meta:
        ordering = ["link", "from_quantity"]
        constraints = [
            models.UniqueConstraint(fields=["link", "from_quantity"], name="customer_link_step_once"),
            models.CheckConstraint(
                condition=between_zero_and_limit("price") & Q(from_quantity__gt=0, from_quantity__lt=10**11),
                name="customer_link_step_figures_sane",
            ),
        ]

    def __str__(self):
        return f"{self.link} from {self.from_quantity}"
