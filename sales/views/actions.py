"""Actions on rows: make their orders, split, disconnect."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.exceptions import Refused
from erp.register.access import requires
from erp.web.answers import go, say_done
from linkage.dates import business_date
from linkage.models import OrderLink
from sales import operations
from sales.forms.actions import LinkedOrdersForm, SplitForm, WaysForm
from sales.grids import without_order
from sales.split_plans import along_the_supply, links_of, planned_moves
from sales.views.made import telling_purchases
from sales.views.panels import BIGGEST_ID, ask, key_of, order_or_404, posted, row_or_404, say_why_not, url_of_row

WHOLE = "all"  # what the box of the whole order sends


@require_POST
@requires("sales.write")
def buy_orders(request, pk):
    """Purchase order rows for the ticked rows."""
    order, refused = order_or_404(request, pk), {}
    rows = whole_order(order, is_made=False) if is_whole(request.POST) else ticked_parts(request.POST, order)
    with telling_purchases(request, order):
        operations.create_purchase_orders(rows=rows, refused=refused, by=request.user, key=key_of(request))
    say_why_not(request, refused)
    return go(request, "sales:order", pk)


@require_POST
@requires("sales.write")
def split_ticked(request, pk):
    [row] = _one_ticked(request, order_or_404(request, pk))
    return go(request, "sales:row_split", row.pk)


@require_POST
@requires("sales.write")
def disconnect_ticked(request, pk):
    """The question for one row; for several or all of them the one that ends all their links."""
    address = reverse("sales:disconnect_all", args=[pk])
    if is_whole(request.POST):
        return redirect(f"{address}?{urlencode({'whole': WHOLE})}")
    rows = ticked(request.POST, order_or_404(request, pk))
    if len(rows) == 1:
        return go(request, "sales:row_disconnect", rows[0].pk)
    return redirect(f"{address}?{urlencode({'rows': [row.pk for row in rows]}, doseq=True)}")


def is_whole(data):
    """Whether all rows of the order are meant, not only those of the page that was shown."""
    return data.get("whole") == WHOLE


def whole_order(order, *, is_made):
    """The rows of an order that an action makes orders for: made or bought ones without an order."""
    rows = without_order(order, is_made=is_made)
    if not rows:
        kind = _("made") if is_made else _("bought")
        raise Refused(_("No %(kind)s row of %(order)s waits for an order.") % {"kind": kind, "order": order})
    return rows


def ticked(data, order):
    wanted = {int(text) for text in data.getlist("rows") if text.isascii() and text.isdigit()}
    rows = list(order.rows.for_list().filter(pk__in=[pk for pk in wanted if pk <= BIGGEST_ID]).in_order())
    if not rows:
        raise Refused(_("Tick at least one row."))
    return rows


def ticked_parts(data, order):
    """The ticked rows, with the parts of ticked fictitious parts in their place."""
    rows = ticked(data, order)
    kits = {row.pk for row in rows if row.is_kit}
    below = list(order.rows.for_list().filter(parent__in=kits).of_kits().order_by("parent", "line")) if kits else []
    found = {row.pk: row for row in rows if row.pk not in {part.parent_id for part in below}}
    return list((found | {part.pk: part for part in below}).values())


def _one_ticked(request, order):
    rows = [] if is_whole(request.POST) else ticked(request.POST, order)
    if len(rows) != 1:
        raise Refused(_("Tick one row; this is done row by row."))
    return rows


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def linked_orders(request):
    """Linked production orders for everything ordered in a time."""
    form = LinkedOrdersForm(posted(request), initial={"date_from": business_date(), "date_to": business_date()})
    if form.is_bound and form.is_valid():
        made = operations.create_linked_orders(**form.cleaned_data, by=request.user)
        say_made(request, made)
        return go(request, "sales:order_list")
    return ask(
        request,
        title=_("Create linked orders"),
        intro=_("Every dated fixed row of an order-oriented made part that has none gets its tree of orders."),
        form=form,
        action=reverse("sales:linked_orders"),
        button=_("Create linked orders"),
        order=None,
    )


@require_POST
@requires("sales.write")
def linked_orders_of(request, pk):
    """The same for one sales order."""
    say_made(request, operations.create_linked_orders(order=order_or_404(request, pk), by=request.user))
    return go(request, "sales:order", pk)


def say_made(request, made):
    sentence = ngettext("%(n)d production order is made.", "%(n)d production orders are made.", made.orders)
    say_done(request, sentence % {"n": made.orders})
    for why in made.refused[:20]:
        messages.warning(request, _("No order was made. %(why)s") % {"why": why})


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def row_split(request, pk):
    """The parts of a row and who gets which link; along what supplies it, unless another way is asked for."""
    row = row_or_404(request, pk)
    links = links_of(row)
    along = along_the_supply(row, links)
    ways = WaysForm(request.GET or {"ways": "supply"})
    parts, trouble = ways.parts(row, along)
    moves = planned_moves(row, links, [(quantity, dates["date"]) for quantity, dates in parts])
    facts = {"whole": row.quantity, "version": row.version, "links": links, "has_serials": row.serials.exists()}
    form = SplitForm(posted(request), parts=parts, moves=moves, **facts)
    if form.is_bound and form.is_valid():
        rows = operations.split_row(row=row, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("Row %(row)s is split into %(n)d rows.") % {"row": row, "n": len(rows)})
        return go(request, url_of_row(row))
    context = {"row": row, "links": links, "form": form, "ways": ways, "trouble": trouble}
    return render(request, "sales/row_split.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires("sales.write")
def row_disconnect(request, pk):
    """The dialog of the row's link; of several the user chooses one first."""
    row = row_or_404(request, pk)
    links = list(OrderLink.objects.open().with_ends().filter(demand=row.demand_id or 0).order_by("pk"))
    if len(links) == 1:
        return redirect("linkage:disconnect", links[0].pk)
    template = "sales/_row_links.html" if request.htmx else "sales/row_links.html"
    return render(request, template, {"row": row, "links": links})
