"""The worklists and the lists behind them: short, late, orphans, free, all demands, all supplies."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from erp.register.access import requires
from erp.web.answers import go, say_done
from erp.web.listing import BulkAction, list_view
from linkage import operations
from linkage.filters import DemandFilter, OrphanFilter, SupplyFilter
from linkage.models import Demand, Supply, UndecidedChange
from linkage.queries import worklists
from linkage.rights import may_decide, may_link
from linkage.views.answering import posted_key
from linkage.worklist_tables import (
    DemandTable,
    FreeTable,
    LateTable,
    OrphanTable,
    ShortTable,
    SupplyTable,
    UndecidedTable,
)

PAGE = {"template": "linkage/worklist.html"}


def _table(kind, request):
    return partial(kind, user=request.user, request=request)


@require_GET
@requires("read")
def short_list(request):
    return list_view(
        request,
        queryset=worklists.short_rows(),
        table_class=_table(ShortTable, request),
        filterset_class=DemandFilter,
        title=_("Short demands"),
        totals={"uncovered": Sum("uncovered"), "short": Sum("short_quantity")},
        **PAGE,
    )


@require_GET
@requires("read")
def late_list(request):
    return list_view(
        request,
        queryset=worklists.late_rows(),
        table_class=_table(LateTable, request),
        filterset_class=DemandFilter,
        title=_("Late demands"),
        **PAGE,
    )


@require_GET
@requires("read")
def orphan_list(request):
    return list_view(
        request,
        queryset=worklists.orphan_rows(),
        table_class=_table(OrphanTable, request),
        filterset_class=OrphanFilter,
        title=_("Orphans"),
        totals={"free": Sum("free")},
        actions=[BulkAction(_("Keep as stock"), reverse("linkage:keep_ticked"), icon="boxes")]
        if _decides(request)
        else [],
        **PAGE,
    )


def _decides(request):
    return may_link(request.user)


@require_GET
@requires("read")
def free_list(request):
    return list_view(
        request,
        queryset=worklists.free_rows(),
        table_class=_table(FreeTable, request),
        filterset_class=SupplyFilter,
        title=_("Free supply"),
        totals={"free": Sum("free")},
        **PAGE,
    )


@require_GET
@requires("read")
def demand_list(request):
    return list_view(
        request,
        queryset=Demand.objects.visible_to(request.user).for_list(),
        table_class=_table(DemandTable, request),
        filterset_class=DemandFilter,
        title=_("All demands"),
        totals={"quantity": Sum("quantity"), "uncovered": Sum("uncovered")},
        **PAGE,
    )


@require_GET
@requires("read")
def supply_list(request):
    return list_view(
        request,
        queryset=Supply.objects.visible_to(request.user).for_list(),
        table_class=_table(SupplyTable, request),
        filterset_class=SupplyFilter,
        title=_("All supplies"),
        totals={"free": Sum("free")},
        **PAGE,
    )


@require_GET
@requires("read")
def undecided_list(request):
    """Changes that a command, or a person without the right, left for somebody to decide."""
    return list_view(
        request,
        queryset=UndecidedChange.objects.waiting().for_list(),
        table_class=_table(UndecidedTable, request),
        title=_("Undecided changes"),
        **PAGE,
    )


@require_POST
@requires("read")
def decide(request, pk):
    """Do an undecided change, or leave the order as it is; for who may change such orders."""
    undecided = get_object_or_404(UndecidedChange.objects.for_list(), pk=pk)
    does = "does" in request.POST
    if not may_decide(request.user, undecided):
        raise PermissionDenied
    operations.decide(undecided=undecided, does=does, by=request.user, key=posted_key(request))
    say_done(request, _("Done as proposed.") if does else _("The order stays as it is."))
    return go(request, "linkage:undecided_list")
