"""Upkeep of what was agreed with customers; sales orders are for looking, operations write them."""

from django.contrib import admin
from import_export.fields import Field

from erp.register.models import Part, Partner, Unit, Warehouse
from erp.register.resources import RegisterResource
from erp.register.resources import by as named_by
from erp.register.upkeep import MasterDataAdmin
from erp.web.looking import LookingAdmin
from sales import account_admin, configuration_admin, models, transfer_admin  # noqa: F401 - registers more of the admin


class OrderTypeResource(RegisterResource):
    class Meta(RegisterResource.Meta):
        model = models.OrderType
        import_id_fields = ["code"]
        exclude = ["id"]


class PhraseResource(RegisterResource):
    class Meta(RegisterResource.Meta):
        model = models.Phrase
        import_id_fields = ["code", "language"]
        exclude = ["id"]


class ListedPriceResource(RegisterResource):
    """One line per price list, part, unit and quantity; the price lists are there already."""

    price_list = named_by(models.PriceList, "name", "price_list")
    part = named_by(Part, "number", "part")
    unit = named_by(Unit, "code", "unit")

    class Meta(RegisterResource.Meta):
        model = models.ListedPrice
        import_id_fields = ["price_list", "part", "unit", "from_quantity"]
        exclude = ["id"]


class CustomerLinkResource(RegisterResource):
    """One line per customer and part."""

    customer = named_by(Partner, "number", "customer")
    part = named_by(Part, "number", "part")
    unit = named_by(Unit, "code", "unit")

    class Meta(RegisterResource.Meta):
        model = models.CustomerLink
        import_id_fields = ["customer", "part"]
        exclude = ["id"]


class CategoryDiscountResource(RegisterResource):
    customer = Field(
        attribute="customer", column_name="customer", widget=named_by(Partner, "number", "customer").widget
    )

    class Meta(RegisterResource.Meta):
        model = models.CategoryDiscount
        import_id_fields = ["category", "customer"]
        exclude = ["id"]


@admin.register(models.OrderType)
class OrderTypeAdmin(MasterDataAdmin):
    resource_classes = [OrderTypeResource]
    list_display = ["code", "name", "price_strategy", "is_default"]


class ListedPriceInline(admin.TabularInline):
    model = models.ListedPrice
    fields = ["part", "unit", "from_quantity", "price", "comment"]
    raw_id_fields = ["part"]
    extra = 0


@admin.register(models.PriceList)
class PriceListAdmin(MasterDataAdmin):
    inlines = [ListedPriceInline]
    list_display = ["name", "currency", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]


@admin.register(models.Phrase)
class PhraseAdmin(MasterDataAdmin):
    resource_classes = [PhraseResource]
    list_display = ["code", "language", "text"]
    list_filter = ["language"]
    search_fields = ["code", "text"]


@admin.register(models.PartComment)
class PartCommentAdmin(MasterDataAdmin):
    list_display = ["part", "customer", "text", "on_confirmation"]
    list_select_related = ["part", "customer"]
    search_fields = ["part__number", "customer__number", "text"]
    raw_id_fields = ["part", "customer"]


@admin.register(models.ListedPrice)
class ListedPriceAdmin(MasterDataAdmin):
    resource_classes = [ListedPriceResource]
    list_display = ["price_list", "part", "unit", "from_quantity", "price"]
    list_select_related = ["price_list", "part", "unit"]
    list_filter = ["price_list"]
    search_fields = ["part__number"]
    raw_id_fields = ["part"]


@admin.register(models.CustomerTerm)
class CustomerTermAdmin(MasterDataAdmin):
    list_display = [
        "customer",
        "order_type",
        "price_list",
        "discount",
        "vat_group",
        "creates_alloy_cost",
        "is_private",
    ]
    list_select_related = ["customer", "order_type", "price_list", "vat_group"]
    search_fields = ["customer__number", "customer__name"]
    raw_id_fields = ["customer"]


@admin.register(models.CategoryDiscount)
class CategoryDiscountAdmin(MasterDataAdmin):
    resource_classes = [CategoryDiscountResource]
    list_display = ["category", "customer", "discount"]
    list_select_related = ["customer"]
    search_fields = ["category", "customer__number", "customer__name"]
    raw_id_fields = ["customer"]


class StepInline(admin.TabularInline):
    model = models.CustomerLinkStep
    fields = ["from_quantity", "price"]
    extra = 0


@admin.register(models.CustomerLink)
class CustomerLinkAdmin(MasterDataAdmin):
    resource_classes = [CustomerLinkResource]
    inlines = [StepInline]
    list_display = ["customer", "part", "customer_part_number", "price", "currency", "unit", "discount", "lead_time"]
    list_select_related = ["customer", "part", "unit"]
    search_fields = ["customer__number", "customer__name", "part__number", "customer_part_number"]
    raw_id_fields = ["customer", "part"]


@admin.register(models.SalesOrder)
class SalesOrderAdmin(LookingAdmin):
    list_display = ["document", "customer", "status", "warehouse"]
    list_filter = ["status"]
    list_select_related = ["document__partner", "warehouse"]
    search_fields = ["document__number", "customer_order_number"]


@admin.register(models.SalesOrderRow)
class SalesOrderRowAdmin(LookingAdmin):
    list_display = ["__str__", "part", "quantity", "unit", "delivery_date", "row_status"]
    list_filter = ["row_status"]
    list_select_related = ["order__document", "part", "unit"]
    search_fields = ["order__document__number", "part__number"]


@admin.register(models.DocumentText)
class DocumentTextAdmin(MasterDataAdmin):
    list_display = ["document", "language", "price_text", "date_text"]
    list_filter = ["document", "language"]


class PartPackagingResource(RegisterResource):
    part = named_by(Part, "number", "part")
    packaging = named_by(Part, "number", "packaging")

    class Meta(RegisterResource.Meta):
        model = models.PartPackaging
        import_id_fields = ["part"]
        exclude = ["id"]


@admin.register(models.PartPackaging)
class PartPackagingAdmin(MasterDataAdmin):
    resource_classes = [PartPackagingResource]
    list_display = ["part", "packaging", "per_package"]
    list_select_related = ["part", "packaging"]
    search_fields = ["part__number", "packaging__number"]
    raw_id_fields = ["part", "packaging"]


class PartPlaceResource(RegisterResource):
    """One line per part and warehouse."""

    part = named_by(Part, "number", "part")
    warehouse = named_by(Warehouse, "code", "warehouse")

    class Meta(RegisterResource.Meta):
        model = models.PartPlace
        import_id_fields = ["part", "warehouse"]
        exclude = ["id"]


@admin.register(models.PartPlace)
class PartPlaceAdmin(MasterDataAdmin):
    resource_classes = [PartPlaceResource]
    list_display = ["part", "warehouse", "bin"]
    list_select_related = ["part", "warehouse"]
    list_filter = ["warehouse"]
    search_fields = ["part__number", "bin"]
    raw_id_fields = ["part"]
