"""Upkeep of supplier terms with import and export; purchase orders are for looking, operations write them."""

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from erp.register.history import recording
from erp.register.models import Part, Partner, Unit
from erp.register.resources import FORMATS, RegisterResource
from erp.register.resources import by as named_by
from erp.web.looking import LookingAdmin
from purchasing.models import DELIVERY_DAYS, PurchaseOrder, PurchaseOrderRow, SupplierTerm


class SupplierTermResource(RegisterResource):
    """One line per part and supplier, by their numbers and the unit's code."""

    part = named_by(Part, "number", "part")
    supplier = named_by(Partner, "number", "supplier")
    unit = named_by(Unit, "code", "unit")

    class Meta(RegisterResource.Meta):
        model = SupplierTerm
        import_id_fields = ["part", "supplier"]
        exclude = ["id"]


@admin.register(SupplierTerm)
class SupplierTermAdmin(ImportExportModelAdmin):
    """Master data: what an administrator changes or imports names the administrator in the history."""

    resource_classes = [SupplierTermResource]
    formats = FORMATS
    show_full_result_count = False
    list_display = ["part", "supplier", "supplier_part_number", "is_default", "price", "currency", "unit", "lead_time"]
    list_filter = ["is_default", "supplier"]
    list_select_related = ["part", "supplier", "unit"]
    search_fields = ["part__number", "supplier__number", "supplier__name", "supplier_part_number"]
    raw_id_fields = ["part", "supplier"]
    fieldsets = [
        (None, {"fields": ["part", "supplier", "supplier_part_number", "is_default"]}),
        ("Price and quantity", {"fields": ["price", "currency", "unit", "minimum", "multiple"]}),
        ("Delivery", {"fields": ["lead_time", *(f"delivers_{day}" for day in DELIVERY_DAYS)]}),
        ("Tolerances", {"fields": ["over_tolerance", "under_tolerance"]}),
    ]

    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request):
        return self.has_change_permission(request)

    def changeform_view(self, request, *args, **kwargs):
        with recording(by=request.user, operation="admin"):
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request, *args, **kwargs):
        with recording(by=request.user, operation="admin"):
            return super().delete_view(request, *args, **kwargs)

    def process_import(self, request, *args, **kwargs):
        with recording(by=request.user, operation="import"):
            return super().process_import(request, *args, **kwargs)


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(LookingAdmin):
    list_display = ["document", "status", "currency", "buyer", "sent_at"]
    list_filter = ["status"]
    list_select_related = ["document", "buyer"]
    search_fields = ["document__number"]


@admin.register(PurchaseOrderRow)
class PurchaseOrderRowAdmin(LookingAdmin):
    list_display = ["supply", "quantity", "unit", "price", "wanted_on", "confirmed_on", "short_closed"]
    list_select_related = ["supply__document", "unit"]
    search_fields = ["order__document__number"]
