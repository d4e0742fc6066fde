"""Upkeep of supplier terms with import and export; purchase orders are for looking, operations write them."""

from django.contrib import admin
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from erp.register.calendar import WEEKDAYS
from erp.register.models import Part, Partner, Unit
from erp.register.resources import RegisterResource
from erp.register.resources import by as named_by
from erp.register.upkeep import MasterDataAdmin
from erp.web.looking import LookingAdmin
from purchasing.models import (
    ChangeRequest,
    Dispatch,
    PriceBreak,
    PurchaseOrder,
    PurchaseOrderRow,
    PurchaseOrderType,
    Reject,
    SupplierTerm,
    UsersOrderType,
)


class SupplierTermResource(RegisterResource):
    """One line per part and supplier, by their numbers and the unit's code."""

    part = named_by(Part, "number", "part")
    supplier = named_by(Partner, "number", "supplier")
    unit = named_by(Unit, "code", "unit")

    class Meta(RegisterResource.Meta):
        model = SupplierTerm
        import_id_fields = ["part", "supplier"]
        exclude = ["id"]


class TermOfPart(ForeignKeyWidget):
    """The supplier's number in this column and the part's in *part* name the terms."""

    def clean(self, value, row=None, **options):
        part = str((row or {}).get("part") or "").strip()
        found = SupplierTerm.objects.filter(part__number=part, supplier__number=str(value or "").strip()).first()
        if found is None:
            raise ValueError(f"Supplier “{value}” has no terms for part “{part}”. Import the supplier terms first.")
        return found


class PriceBreakResource(RegisterResource):
    """One line per part, supplier, quantity and first day."""

    part = Field(attribute="term__part__number", column_name="part", readonly=True)
    term = Field(attribute="term", column_name="supplier", widget=TermOfPart(SupplierTerm, "supplier__number"))

    class Meta(RegisterResource.Meta):
        model = PriceBreak
        import_id_fields = ["term", "from_quantity", "valid_from"]
        fields = ["part", "term", "from_quantity", "price", "discount", "valid_from", "valid_until"]
        export_order = fields


class PurchaseOrderTypeResource(RegisterResource):
    class Meta(RegisterResource.Meta):
        model = PurchaseOrderType
        import_id_fields = ["code"]
        exclude = ["id"]


class UsersInline(admin.TabularInline):
    """Who orders with the type."""

    model = UsersOrderType
    verbose_name_plural = "users whose orders get it"
    raw_id_fields = ["user"]
    extra = 0


@admin.register(PurchaseOrderType)
class PurchaseOrderTypeAdmin(MasterDataAdmin):
    resource_classes = [PurchaseOrderTypeResource]
    inlines = [UsersInline]
    list_display = ["code", "name", "is_default", "is_active"]
    search_fields = ["code", "name"]


class PriceBreakInline(admin.TabularInline):
    model = PriceBreak
    fields = ["from_quantity", "price", "discount", "valid_from", "valid_until"]
    extra = 0


@admin.register(SupplierTerm)
class SupplierTermAdmin(MasterDataAdmin):
    resource_classes = [SupplierTermResource]
    inlines = [PriceBreakInline]
    list_display = ["part", "supplier", "supplier_part_number", "is_default", "price", "currency", "unit", "lead_time"]
    list_filter = ["is_default", "supplier"]
    list_select_related = ["part", "supplier", "unit"]
    search_fields = ["part__number", "supplier__number", "supplier__name", "supplier_part_number"]
    raw_id_fields = ["part", "supplier"]
    fieldsets = [
        (None, {"fields": ["part", "supplier", "supplier_part_number", "is_default"]}),
        ("Price and quantity", {"fields": ["price", "discount", "currency", "unit", "minimum", "maximum", "multiple"]}),
        ("Delivery", {"fields": ["lead_time", *(f"delivers_{day}" for day in WEEKDAYS)]}),
        ("Tolerances", {"fields": ["over_tolerance", "under_tolerance"]}),
    ]


@admin.register(PriceBreak)
class PriceBreakAdmin(MasterDataAdmin):
    resource_classes = [PriceBreakResource]
    list_display = ["term", "from_quantity", "price", "discount", "valid_from", "valid_until"]
    list_select_related = ["term__part", "term__supplier"]
    search_fields = ["term__part__number", "term__supplier__number", "term__supplier__name"]
    raw_id_fields = ["term"]


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(LookingAdmin):
    list_display = ["document", "status", "order_type", "currency", "buyer", "sent_at"]
    list_filter = ["status", "order_type"]
    list_select_related = ["document", "buyer", "order_type"]
    search_fields = ["document__number"]


@admin.register(PurchaseOrderRow)
class PurchaseOrderRowAdmin(LookingAdmin):
    list_display = ["supply", "quantity", "unit", "price", "wanted_on", "confirmed_on", "short_closed"]
    list_select_related = ["supply__document", "unit"]
    search_fields = ["order__document__number"]


@admin.register(Reject)
class RejectAdmin(LookingAdmin):
    list_display = ["row", "quantity", "code", "note", "owed", "given_up", "effective_on", "taken_back_at"]
    list_filter = ["code", "owed"]
    list_select_related = ["row__supply__document"]
    search_fields = ["row__order__document__number", "note"]


@admin.register(Dispatch)
class DispatchAdmin(LookingAdmin):
    list_display = ["order", "version", "how", "address", "outcome", "created_by", "sent_at"]
    list_filter = ["outcome", "how"]
    list_select_related = ["order__document", "created_by"]
    search_fields = ["order__document__number", "address"]


@admin.register(ChangeRequest)
class ChangeRequestAdmin(LookingAdmin):
    list_display = ["order", "number", "status", "created_by", "created_at", "answered_at"]
    list_filter = ["status"]
    list_select_related = ["order__document", "created_by"]
    search_fields = ["order__document__number"]
