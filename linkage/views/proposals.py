"""The worklist of swaps that help somebody and harm nobody: look again, accept one or some."""

from functools import partial

from django.contrib import messages
from django.db.models import Sum
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import say_done
from erp.web.listing import BulkAction, list_view
from erp.web.ticking import ticked
from linkage import operations
from linkage.models import SwapProposal
from linkage.proposal_tables import ProposalFilter, ProposalTable
from linkage.queries.harmless import harmless_swaps
from linkage.views.answering import posted_key


@require_GET
@requires("read")
def swap_list(request):
    mine = may(request.user, "link")
    actions = [BulkAction(_("Accept"), reverse("linkage:accept_swaps"), icon="arrow-left-right")] if mine else []
    return list_view(
        request,
        queryset=SwapProposal.objects.standing().for_list(),
        table_class=partial(ProposalTable, user=request.user),
        filterset_class=ProposalFilter,
        title=_("Swaps that help and harm nobody"),
        totals={"quantity": Sum("quantity")},
        unit="late_link__part__unit",
        actions=actions,
        template="linkage/swap_list.html",
        context={"may_link": mine, "newest": SwapProposal.objects.order_by("-found_at").first()},
    )


@require_POST
@requires("link")
def accept_swaps(request):
    """Do the ticked swaps that still help; the others say why not."""
    proposals = ticked(request, SwapProposal.objects.all(), nothing=_("Tick at least one swap."))
    refused = {}
    made = operations.accept_swaps(proposals=proposals, refused=refused, by=request.user, key=posted_key(request))
    done = len(made) // 2
    say_done(request, ngettext("%(n)d swap is done.", "%(n)d swaps are done.", done) % {"n": done})
    for why in list(refused.values())[:10]:
        messages.warning(request, _("Not swapped. %(why)s") % {"why": why})
    return redirect("linkage:swap_list")


@require_POST
@requires("link")
def find_swaps(request):
    """Look again, as the night does."""
    noted = operations.note_swaps(swaps=harmless_swaps(), by=request.user, key=posted_key(request))
    say_done(request, ngettext("%(n)d swap is found.", "%(n)d swaps are found.", len(noted)) % {"n": len(noted)})
    return redirect("linkage:swap_list")
