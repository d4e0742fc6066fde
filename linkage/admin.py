"""The ledger in the admin: for looking, never for changing. Operations write it."""

from django.contrib import admin

from erp.web.looking import LookingAdmin
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


class LedgerAdmin(LookingAdmin):
    list_per_page = 50


@admin.register(Document)
class DocumentAdmin(LedgerAdmin):
    list_display = ["number", "kind", "company", "partner", "ordered_on"]
    list_select_related = ["company", "partner"]
    list_filter = ["kind"]
    search_fields = ["number"]


@admin.register(Demand)
class DemandAdmin(LedgerAdmin):
    list_display = ["label", "kind", "part", "warehouse", "quantity", "done", "allocated", "uncovered", "need_date"]
    list_select_related = ["document", "for_supply", "part", "warehouse"]
    list_filter = ["kind", "status"]
    search_fields = ["document__number", "part__number"]
    raw_id_fields = ["document", "part", "for_supply"]


@admin.register(Supply)
class SupplyAdmin(LedgerAdmin):
    list_display = ["label", "kind", "part", "warehouse", "quantity", "done", "allocated", "free", "due_date"]
    list_select_related = ["document", "part", "warehouse"]
    list_filter = ["kind", "status"]
    search_fields = ["document__number", "part__number"]


@admin.register(OrderLink)
class OrderLinkAdmin(LedgerAdmin):
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
class StockMovementAdmin(LedgerAdmin):
    list_display = ["pk", "kind", "part", "quantity", "effective_on", "reason", "created_by", "created_at"]
    list_select_related = ["part", "created_by"]
    list_filter = ["kind"]
    search_fields = ["part__number", "reference"]


class PairAdmin(LedgerAdmin):
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
class StockTargetAdmin(LedgerAdmin):
    list_display = ["part", "warehouse", "minimum"]
    list_select_related = ["part", "warehouse"]


@admin.register(Hold)
class HoldAdmin(LedgerAdmin):
    list_display = ["pk", "partner", "until"]
    list_select_related = ["partner"]


@admin.register(JobRun)
class JobRunAdmin(LedgerAdmin):
    list_display = ["name", "business_date", "started_at", "finished_at", "succeeded", "message"]
    list_filter = ["name", "succeeded"]


@admin.register(Operation)
class OperationAdmin(LedgerAdmin):
    """The keys of forms that were sent."""

    list_display = ["name", "user", "created_at"]
    list_select_related = ["user"]
    list_filter = ["name"]
