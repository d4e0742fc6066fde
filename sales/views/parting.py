"""Disconnecting many rows at once: what would be ended, where what it held goes, and the answer for each."""

import hashlib

from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from erp.exceptions import Refused
from erp.register.access import requires
from erp.web.answers import go, say_done
from erp.web.ticking import say_each
from linkage import operations as linkage
from linkage.models import OrderLink
from linkage.operations.disconnecting import Goes
from linkage.parting_forms import MOST_EACH, DisconnectManyForm, why_not_reduced
from linkage.preview import effects_of
from linkage.queries.timeline import latest_event
from sales.views.actions import WHOLE, is_whole, ticked
from sales.views.panels import order_or_404, posted, posted_before


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def disconnect_all(request, pk):
    """Ask once where the supply of all links goes, show what that would do, then end them."""
    order = order_or_404(request, pk)
    asked = request.POST if request.method == "POST" else request.GET
    links = links_of_rows(order, asked)
    form = DisconnectManyForm(posted(request), count=len(links), customer=order.customer)
    if form.is_bound and form.is_valid():
        if posted_before(request, form):
            return go(request, "sales:order", pk)
        if "preview" not in request.POST and request.POST.get("shown") == _stamp(links):
            return _disconnect(request, order, links, form)
        if "preview" not in request.POST:
            form.add_error(None, _("The links were changed after this was shown. Look at them as they are now."))
    if not links:
        raise Refused(_("Nothing of these rows is linked."))
    return _question(request, order, links, form, asked=asked)


def links_of_rows(order, asked):
    """The open links of the rows that were asked for, and of what stands below them; of the order where none was."""
    mine = OrderLink.objects.open().with_ends().filter(demand__sales_row__order=order).order_by("pk")
    if is_whole(asked) or "rows" not in asked:
        return list(mine)
    rows = ticked(asked, order)
    return list(mine.filter(Q(demand__sales_row__in=rows) | Q(demand__sales_row__parent__in=rows)))


def _stamp(links):
    told = repr([(link.pk, link.open) for link in links])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _question(request, order, links, form, *, asked):
    """What is ended; the effects are shown as far as links are decided on one by one."""
    is_wrong = form.is_bound and not form.is_valid()
    is_few = len(links) <= MOST_EACH
    context = {
        "order": order,
        "form": form,
        "links": links[:MOST_EACH],
        "count": len(links),
        "rows": [] if is_whole(asked) else asked.getlist("rows"),
        "whole": WHOLE if is_whole(asked) or "rows" not in asked else "",
        "stamp": _stamp(links),
        "is_few": is_few,
        "effects": _effects(request, links, form) if is_few and not is_wrong else None,
    }
    template = "sales/_disconnect_all.html" if request.htmx else "sales/disconnect_all.html"
    return render(request, template, context, status=_status(request, form, is_wrong=is_wrong))


def _status(request, form, *, is_wrong):
    if is_wrong and "shown" in request.POST and not set(form.errors) - {"__all__"}:
        return 409
    return 422 if is_wrong else 200


def _effects(request, links, form):
    facts = _facts(form) if form.is_bound else {"goes": Goes.FREE}
    if facts["goes"] == Goes.FREE:
        return effects_of(linkage.disconnect_links, links=links, by=request.user)
    mine = [link for link in links if not _why_not(request, link, facts["goes"])]
    return effects_of(linkage.disconnect_each, links=mine, by=request.user, **facts)


def _facts(form):
    return {name: value for name, value in form.cleaned_data.items() if name != "operation_key"}


def _why_not(request, link, goes):
    """Whether the user may take this order down with its link."""
    return why_not_reduced(request.user, link.supply, link.to_come) if goes == Goes.REDUCE else ""


def _disconnect(request, order, links, form):
    facts, refused = _facts(form), []
    if facts["goes"] == Goes.FREE:
        reason = facts["reason"]
        ended = linkage.disconnect_links(links=links, reason=reason, by=request.user, key=form.key)
    else:
        reasons = {link: _why_not(request, link, facts["goes"]) for link in links}
        mine = [link for link, why in reasons.items() if not why]
        ended, more = linkage.disconnect_each(links=mine, by=request.user, key=form.key, **facts)
        refused = [(link, f"{link}: {why}") for link, why in [*((k, v) for k, v in reasons.items() if v), *more]]
    sentence = ngettext("%(n)d link is disconnected.", "%(n)d links are disconnected.", len(ended)) % {"n": len(ended)}
    if ended and facts["goes"] == Goes.FREE:
        undo_url = reverse("linkage:undo_together", args=[latest_event(ended[-1]).pk])
        say_done(request, sentence, undo_url=undo_url)
    else:
        say_each(request, sentence if ended else "", refused)
    return go(request, "sales:order", order.pk)
