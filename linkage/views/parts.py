"""A part's page: its stock, what needs it and what brings it, in date order with the projected balance."""

from urllib.parse import urlencode

from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from erp.register import settings_registry
from erp.register.access import requires
from erp.register.models import Part
from erp.register.roles import may
from linkage.dates import business_date
from linkage.forms import DateForm
from linkage.owners import urls_of
from linkage.queries.balance import MOST, figures_of, projection
from linkage.queries.certainty import with_certainty
from linkage.queries.worklists import held
from linkage.rights import may_link


@require_GET
@requires("read")
def part(request, pk):
    found = get_object_or_404(Part.objects.for_list(), pk=pk)
    today = business_date()
    form = DateForm(request.GET or None, initial={"on": today})
    on = (form.is_valid() and form.cleaned_data["on"]) or today
    rows, total = figures_of(found, on=on)
    chosen = _chosen(rows, found, request.GET.get("warehouse", ""))
    steps = projection(found, chosen.warehouse, on_hand=chosen.on_hand, today=today) if chosen else []
    mode = settings_registry.get("disposable_balance_mode")
    context = {
        "part": found,
        "mode": mode,
        "today": today,
        "on": on,
        "rows": [(row, row.disposable(mode)) for row in rows],
        "total": (total, total.disposable(mode)),
        "chosen": chosen,
        "steps": _with_urls(steps),
        "is_cut": len(steps) >= MOST,
        "chart": _chart(steps, chosen, found, today),
        "held": held(part=found),
        "see_costs": may(request.user, "see costs"),
        "may_link": may_link(request.user),
        "may_write": may(request.user, "stock.write"),
        "register_url": _register_url(request.user, found),
        "where_used_url": _where_used_url(found),
    }
    return render(request, "linkage/part.html", context)


def _chosen(rows, part, code):
    """The figures of the asked warehouse, else of the part's own, else the first."""
    by_code = {row.warehouse.code: row for row in rows}
    own = part.default_warehouse.code if part.default_warehouse else ""
    return by_code.get(code) or by_code.get(own) or (rows[0] if rows else None)


def _with_urls(steps):
    urls = urls_of(step.position for step in steps)
    with_certainty(step.position for step in steps if not step.is_demand)
    return [(step, urls.get((step.position.kind, step.position.pk), "")) for step in steps]


def _chart(steps, chosen, part, today):
    if chosen is None:
        return None
    points = [{"on": today.isoformat(), "balance": str(chosen.on_hand)}]
    points += [
        {"on": step.on.isoformat(), "balance": str(step.balance), "label": str(step.position)}
        for step in steps
        if step.on is not None
    ]
    return {"points": points, "today": today.isoformat(), "minimum": str(part.minimum_stock)}


def _register_url(user, part):
    return _url("admin:register_part_change", part.pk) if user.is_staff and may(user, "register.write") else ""


def _where_used_url(part):
    """The BOMs that contain the part, where BOMs are kept."""
    boms = _url("production:bom_list")
    return f"{boms}?{urlencode({'component': part.number})}" if boms else ""


def _url(name, *args):
    """A page that may not exist in this installation."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
