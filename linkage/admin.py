"""The ledger in the admin: for looking, never for changing. Operations write it."""

from django.contrib import admin

from linkage.models import (
    Demand,
    Document,
    Hold,
    JobRun,
    Operation,
    OrderLink,
    Provenance,
    StockMovement,
    StockTarget,
    Supply,
    Tombstone,
)


class LookingAdmin(admin.ModelAdmin):
    """Shows rows and changes none."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Document)
class DocumentAdmin(LookingAdmin):
    list_display = ["number", "kind", "company", "partner", "ordered_on"]
    list_select_related = ["company", "partner"]
    list_filter = ["kind"]
    search_fields = ["number"]


@admin.register(Demand)
class DemandAdmin(LookingAdmin):
    list_display = ["label", "kind", "part", "warehouse", "quantity", "done", "allocated", "uncovered", "need_date"]
    list_select_related = ["document", "for_supply", "part", "warehouse"]
    list_filter = ["kind", "status"]
    search_fields = ["document__number", "part__number"]
    raw_id_fields = ["document", "part", "for_supply"]


@admin.register(Supply)
class SupplyAdmin(LookingAdmin):
    list_display = ["label", "kind", "part", "warehouse", "quantity", "done", "allocated", "free", "due_date"]
    list_select_related = ["document", "part", "warehouse"]
    list_filter = ["kind", "status"]
    search_fields = ["document__number", "part__number"]


@admin.register(OrderLink)
class OrderLinkAdmin(LookingAdmin):
    list_display = [
        "pk",
        "supply",
        "demand",
        "quantity",
        "received",
        "issued",
        "released",
        "open",
        "kind",
        "created_by",
    ]
    list_select_related = [
        "supply__document",
        "supply__warehouse",
        "demand__document",
        "demand__for_supply",
        "created_by",
    ]
    list_filter = ["kind", "contract"]
    search_fields = ["supply__document__number", "demand__document__number"]


@admin.register(StockMovement)
class StockMovementAdmin(LookingAdmin):
    list_display = ["pk", "kind", "part", "quantity", "effective_on", "reason", "created_by", "created_at"]
    list_select_related = ["part", "created_by"]
    list_filter = ["kind"]
    search_fields = ["part__number", "reference"]


class PairAdmin(LookingAdmin):
    """Facts about a supply and a demand."""

    list_select_related = ["supply__document", "supply__warehouse", "demand__document", "demand__for_supply"]
    search_fields = ["supply__document__number", "demand__document__number"]


@admin.register(Provenance)
class ProvenanceAdmin(PairAdmin):
    list_display = ["supply", "demand", "quantity"]


@admin.register(Tombstone)
class TombstoneAdmin(PairAdmin):
    list_display = ["supply", "demand", "created_by", "created_at"]
    list_select_related = [*PairAdmin.list_select_related, "created_by"]


@admin.register(StockTarget)
class StockTargetAdmin(LookingAdmin):
    list_display = ["part", "warehouse", "minimum"]
    list_select_related = ["part", "warehouse"]


@admin.register(Hold)
class HoldAdmin(LookingAdmin):
    list_display = ["pk", "partner", "until"]
    list_select_related = ["partner"]


@admin.register(JobRun)
class JobRunAdmin(LookingAdmin):
    list_display = ["name", "business_date", "started_at", "finished_at", "succeeded", "message"]
    list_filter = ["name", "succeeded"]


@admin.register(Operation)
class OperationAdmin(LookingAdmin):
    """The keys of forms that were sent."""

    list_display = ["name", "user", "created_at"]
    list_select_related = ["user"]
    list_filter = ["name"]
