"""The first page: worklists with their counts, and how the night went."""

from django.conf import settings
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from erp.register.access import requires
from linkage.models import Demand, Elsewhere, SwapProposal, UndecidedChange
from linkage.queries import coverage, worklists
from linkage.queries.suggestions import Wish, count_everywhere
from linkage.rights import only_purchases

SHOWN = 5


@require_GET
@requires("read")
def home(request):
    late, orphans = worklists.late_rows(), worklists.orphan_rows().order_by("orphaned_at", "pk")
    short = worklists.short_rows()
    first_late = list(late[:SHOWN])
    why = coverage(first_late)
    context = {
        "counts": [
            (_("Short demands"), "linkage:short_list", "", short.count(), "bad"),
            (_("Late demands"), "linkage:late_list", "", late.count(), "bad"),
            (_("Made by another company"), "linkage:elsewhere_list", "", Elsewhere.objects.count(), "info"),
            (_("Undecided changes"), "linkage:undecided_list", "", UndecidedChange.objects.waiting().count(), "warn"),
            (_("Orphans"), "linkage:orphan_list", "", orphans.count(), "warn"),
            (_("Swaps that help"), "linkage:swap_list", "", SwapProposal.objects.standing().count(), "warn"),
            (_("Link suggestions"), "linkage:suggestion_list", "", _suggestions(request.user), "warn"),
            (_("Uncovered order-oriented"), "linkage:demand_list", ORDER_ORIENTED, _uncovered().count(), "warn"),
            *(import_string(path)() for path in settings.HOME_COUNTS),
        ],
        "short": short[:SHOWN],
        "late": [(demand, why[demand.pk]) for demand in first_late],
        "orphans": orphans[:SHOWN],
        "runs": worklists.last_runs(),
    }
    return render(request, "linkage/home.html", context)


ORDER_ORIENTED = "?is_uncovered=1&is_order_oriented=1"


def _suggestions(user):
    """As many as the page of suggestions shows this user."""
    return count_everywhere(wish=Wish.by_setting(only_purchases=only_purchases(user)))


def _uncovered():
    return Demand.objects.linkable().made_here().filter(part__lot_sizing="LR")
