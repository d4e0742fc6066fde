"""The purchase target list: what has to be bought, and the page that orders what was ticked."""

from functools import partial

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from erp.exceptions import Refused
from erp.register.access import requires
from erp.register.roles import may
from erp.register.settings_registry import get_many
from erp.web.answers import go, say_done
from erp.web.listing import BulkAction, list_view
from linkage.dates import business_date
from purchasing import operations
from purchasing.target_forms import TargetForm
from purchasing.target_review import drafts_of, lines_of, review_of
from purchasing.target_tables import TargetFilter, TargetTable, TargetTableWithoutCosts
from purchasing.targets import LIMITS, target_lines

MOST_DIGITS = 18
MOST_TICKED = 500
TARGET_LIST = "purchasing:target_list"


@require_GET
@requires("read")
def target_list(request):
    may_write = may(request.user, "purchase.write")
    known = get_many("backorder_linking", *LIMITS)
    table = TargetTable if may(request.user, "see costs") else TargetTableWithoutCosts
    return list_view(
        request,
        queryset=target_lines(today=business_date(), limits=known),
        table_class=partial(table, exclude=() if may_write else ("tick",)),
        filterset_class=TargetFilter,
        title=_("Purchase targets"),
        template="purchasing/target_list.html",
        actions=[BulkAction(_("Order…"), reverse("purchasing:review_targets"), icon="basket")] if may_write else (),
        context={"backorders_linked": known["backorder_linking"]},
    )


@require_POST
@requires("purchase.write")
def review_targets(request):
    """What ordering the ticked demands would make, to change and to confirm; nothing is written."""
    form, without = form_for(request)
    return review_page(request, form, without, status=422 if form.is_bound and not form.is_valid() else 200)


@require_POST
@requires("purchase.write")
def order_targets(request):
    """Draft purchase orders for the ticked demands, or more rows in drafts of the buyer's own.

    What can't be ordered any more since the review is shown there first.
    """
    form, without = form_for(request)
    if not form.is_bound or not form.is_valid():
        return review_page(request, form, without, status=422)
    if without or left_out(request, form, without):
        return review_page(request, form, without, status=409)
    rows = operations.order_targets(
        demands=[demand for demand, *_ in form.lines],
        business_date=business_date(),
        **form.arguments(),
        by=request.user,
        key=form.key,
    )
    return say_ordered(request, rows)


def form_for(request):
    """(the form of the ticked demands, as it was sent if it comes from the review page; what cannot be ordered)"""
    ids = ticked(request)
    if not ids:
        raise Refused(_("Tick the demands to order for first."))
    if len(ids) > MOST_TICKED:
        raise Refused(_("Order for at most %(n)s demands at once.") % {"n": MOST_TICKED})
    lines, without = lines_of(ids, today=business_date())
    if not lines and not without:
        raise Refused(_("None of these demands is short any more. Reload the list."))
    data = request.POST if "reviewed" in request.POST else None
    return TargetForm(data, lines=lines, drafts=drafts_of(request.user, lines)), without


def ticked(request):
    """The ids of the ticked demands; what is no id is left out."""
    values = {value for value in request.POST.getlist("rows") if value.isascii() and value.isdigit()}
    return sorted(int(value) for value in values if len(value) < MOST_DIGITS)


def left_out(request, form, without):
    """How many of the ticked demands are no longer short."""
    return len(ticked(request)) - len(form.lines) - len(without)


def review_page(request, form, without, *, status=200):
    groups, unplaced = review_of(form, today=business_date())
    context = {
        "form": form,
        "groups": groups,
        "unplaced": unplaced,
        "without": without,
        "gone": left_out(request, form, without),
        "costs": may(request.user, "see costs"),
    }
    return render(request, "purchasing/target_review.html", context, status=status)


def say_ordered(request, rows):
    orders = sorted({str(row.order) for row in rows})
    made = ngettext("%(n)d row", "%(n)d rows", len(rows)) % {"n": len(rows)}
    sentence = ngettext("%(orders)s: %(rows)s.", "%(n)d drafts: %(orders)s, %(rows)s.", len(orders))
    say_done(request, sentence % {"n": len(orders), "orders": ", ".join(orders), "rows": made})
    return go(request, "purchasing:order", rows[0].order_id) if len(orders) == 1 else go(request, TARGET_LIST)
