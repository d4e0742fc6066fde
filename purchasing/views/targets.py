"""The purchase target list: what has to be bought, and one button that orders it."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from erp.exceptions import Refused
from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, say_done
from linkage.dates import business_date
from linkage.models import Demand
from purchasing import operations, queries
from purchasing.forms import TargetForm
from purchasing.targets import grouped, targets

MOST_DIGITS = 18
TARGET_LIST = "purchasing:target_list"


@require_GET
@requires("read")
def target_list(request):
    part, supplier = request.GET.get("part", "")[:40].strip(), request.GET.get("supplier", "")[:20].strip()
    found = targets(today=business_date(), part=part, supplier=supplier)
    return target_page(request, found, part=part, supplier=supplier)


@require_POST
@requires("purchase.write")
def order_targets(request):
    """Draft purchase orders for the ticked demands, one order per supplier."""
    ids = ticked(request)
    if not ids:
        raise Refused(_("Tick the demands to order for first."))
    found = targets(today=business_date(), ids=ids)
    form = TargetForm(request.POST, targets=found, auto_id="target-%s")
    if not form.is_valid():
        return target_page(request, targets(today=business_date()), form=form, ids=ids, status=422)
    if len(found) < len(ids):
        raise Refused(_("Some of these demands are no longer short. Reload the list."))
    rows = operations.create_orders_for(
        demands=list(Demand.objects.filter(pk__in=ids)),
        business_date=business_date(),
        **form.arguments(),
        by=request.user,
        key=form.key,
    )
    return say_ordered(request, rows)


def say_ordered(request, rows):
    orders = sorted({str(row.order) for row in rows})
    sentence = ngettext("%(orders)s is made, a draft.", "%(n)d drafts are made: %(orders)s.", len(orders))
    say_done(request, sentence % {"n": len(orders), "orders": ", ".join(orders)})
    return go(request, "purchasing:order", rows[0].order_id) if len(orders) == 1 else go(request, TARGET_LIST)


def ticked(request):
    """The ids of the ticked demands; what is no id is left out."""
    values = {value for value in request.POST.getlist("rows") if value.isascii() and value.isdigit()}
    return sorted(int(value) for value in values if len(value) < MOST_DIGITS)


def target_page(request, found, *, part="", supplier="", form=None, ids=(), status=200):
    every = TargetForm(targets=found, auto_id="target-%s")
    lines = [(group, [(target, *boxes(target, form, every)) for target in group.targets]) for group in grouped(found)]
    context = {
        "lines": lines,
        "form": form or every,
        "ids": ids,
        "part": part,
        "supplier": supplier,
        "backorders_linked": queries.backorders_are_linked(),
        "may_write": may(request.user, "purchase.write"),
    }
    return render(request, "purchasing/target_list.html", context, status=status)


def boxes(target, form, every):
    """The quantity and supplier box of a line: as it was sent, else fresh."""
    names = [f"quantity_{target.demand.pk}", f"supplier_{target.demand.pk}"]
    source = form if form and names[0] in form.fields else every
    return [source[name] for name in names]
