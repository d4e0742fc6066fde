"""Production in the admin: for looking, never for changing. Operations write orders; BOMs have their own pages."""

from django.contrib import admin

from erp.register.resources import RegisterResource
from erp.register.upkeep import MasterDataAdmin
from erp.web.looking import LookingAdmin
from production.models import (
    Bom,
    BomRow,
    Component,
    Operation,
    ProductionOrder,
    ProductionOrderLine,
    ProductionOrderType,
    Report,
    Routing,
    RoutingOperation,
    UsersProductionOrderType,
    WorkCentre,
)


class ProductionOrderTypeResource(RegisterResource):
    class Meta(RegisterResource.Meta):
        model = ProductionOrderType
        import_id_fields = ["code"]
        exclude = ["id"]


class UsersInline(admin.TabularInline):
    """Who makes orders of the type."""

    model = UsersProductionOrderType
    verbose_name_plural = "users whose orders get it"
    raw_id_fields = ["user"]
    extra = 0


@admin.register(ProductionOrderType)
class ProductionOrderTypeAdmin(MasterDataAdmin):
    resource_classes = [ProductionOrderTypeResource]
    inlines = [UsersInline]
    list_display = ["code", "name", "prefix", "is_default", "is_active"]
    search_fields = ["code", "name"]


@admin.register(ProductionOrder)
class ProductionOrderAdmin(LookingAdmin):
    list_display = ["document", "order_type", "status", "site", "customer", "created_at"]
    list_select_related = ["document", "order_type", "site", "customer"]
    list_filter = ["status"]
    search_fields = ["document__number"]


@admin.register(ProductionOrderLine)
class ProductionOrderLineAdmin(LookingAdmin):
    list_display = ["order", "position", "supply", "start_date", "scrapped"]
    list_select_related = ["order__document", "supply__document"]
    search_fields = ["order__document__number"]


@admin.register(Component)
class ComponentAdmin(LookingAdmin):
    list_display = ["pk", "position", "part", "quantity_per", "fixed_quantity", "scrap"]
    list_select_related = ["demand__part"]
    search_fields = ["line__order__document__number"]

    @admin.display(ordering="demand__part__number")
    def part(self, component):
        return component.demand.part


@admin.register(Report)
class ReportAdmin(LookingAdmin):
    list_display = ["pk", "effective_on", "quantity", "scrapped", "reason", "created_by", "undone_at"]
    list_select_related = ["created_by"]


class BomRowInline(admin.TabularInline):
    model = BomRow
    extra = 0
    can_delete = False
    raw_id_fields = ["component"]


@admin.register(Bom)
class BomAdmin(LookingAdmin):
    list_display = ["part", "revision", "is_active"]
    list_select_related = ["part", "revision"]
    search_fields = ["part__number"]
    inlines = [BomRowInline]


@admin.register(Operation)
class OperationAdmin(LookingAdmin):
    list_display = ["line", "position", "name", "work_centre", "setup_minutes", "run_minutes"]
    list_select_related = ["line__order__document", "work_centre"]
    search_fields = ["line__order__document__number"]


@admin.register(WorkCentre)
class WorkCentreAdmin(LookingAdmin):
    list_display = ["code", "name", "hourly_rate", "is_active"]
    search_fields = ["code", "name"]


class RoutingOperationInline(admin.TabularInline):
    model = RoutingOperation
    extra = 0
    can_delete = False
    raw_id_fields = ["work_centre", "service_part"]


@admin.register(Routing)
class RoutingAdmin(LookingAdmin):
    list_display = ["part", "revision", "is_active"]
    list_select_related = ["part", "revision"]
    search_fields = ["part__number"]
    inlines = [RoutingOperationInline]
