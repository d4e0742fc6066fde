"""Swap: what a link could be swapped with, the proof of one swap, and doing it."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from erp.exceptions import Refused
from erp.register.access import requires
from linkage import operations
from linkage.parting_forms import SwapForm
from linkage.queries.swaps import partners_of, proof_of
from linkage.rights import NO_LINK, may_link
from linkage.views.answering import dialog, done, refuse_unless
from linkage.views.links import link_or_404, say_linked


@require_GET
@requires("link.purchase")
def swap(request, pk):
    """The links of other demands that this one could be swapped with, the best first."""
    link = _link(request, pk)
    partners = [each for each in partners_of(link) if may_link(request.user, each.link.supply)]
    return dialog(request, "linkage/_swap.html", {"link": link, "partners": partners})


@require_http_methods(["GET", "POST"])
@requires("link.purchase")
def swap_with(request, pk, other_pk):
    """The proof of one swap, with its quantity; posting it swaps."""
    link, other = _link(request, pk), _link(request, other_pk)
    form = SwapForm(request.POST or None, link=link, other=other)
    if request.method == "GET" or "preview" in request.POST or not form.is_valid():
        status = 422 if form.is_bound and not form.is_valid() else 200
        context = {"link": link, "other": other, "form": form} | _proof(request, form)
        return dialog(request, "linkage/_swap_proof.html", context, status=status)
    made = operations.swap(link=link, other=other, **form.cleaned_data, by=request.user, key=form.key)
    sentence = _("%(quantity)s swapped: %(demand)s has %(supply)s now.")
    mine = next(each for each in made if each.demand_id == link.demand_id)
    say_linked(request, link_or_404(mine.pk), sentence, form.cleaned_data["quantity"])
    return done(request, "linkage:demand", link.demand_id)


def _link(request, pk):
    link = link_or_404(pk)
    refuse_unless(may_link(request.user, link.supply), NO_LINK)
    return link


def _proof(request, form):
    """The proof of what is typed; what would be refused says so there, and what is typed wrong at its field."""
    if form.is_bound and not form.is_valid():
        return {"proof": None, "refusal": ""}
    quantity = form.cleaned_data["quantity"] if form.is_bound else form.initial["quantity"]
    try:
        facts = {"link": form.link, "other": form.other, "quantity": quantity, "by": request.user}
        return {"proof": proof_of(operations.swap, **facts), "refusal": ""}
    except Refused as refusal:
        return {"proof": None, "refusal": str(refusal)}
