"""Rows in the grid of an order: read, add, edit in place, delete; and the page of one row."""

from copy import copy
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from erp.exceptions import Refused, Stale
from erp.register import settings_registry
from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import changed, go, say_done
from erp.web.numbers import show_quantity
from erp.web.previewing import ask_change, asked
from linkage.changes.asking import save_or_ask
from linkage.queries.standing import link_rows
from sales import operations, queries
from sales.balances import balances_of_rows
from sales.configuring import answers_of, is_configurable, waits_for_configuration
from sales.folding import hides_delivered
from sales.forms.actions import DeleteRowForm
from sales.forms.parts import RowDetailForm
from sales.forms.prices import KEPT, UNLOCKED, PriceForm
from sales.forms.rows import NewTextBelowForm
from sales.further import facts_of
from sales.grids import grid_row
from sales.kits import left_of
from sales.making import rows_with_bom
from sales.models import Calculation, Role, RowType, SalesOrderRow
from sales.money import standard_price_of
from sales.nesting import numbers_of
from sales.operations.arriving import arrived_of, under_way_of
from sales.operations.picks import picked_of
from sales.operations.pricing import price_unlocked
from sales.operations.structures import kit_rows
from sales.operations.types import check_part
from sales.pages import number_in, page_with
from sales.pricing import prices_for
from sales.serials import with_numbers
from sales.split_plans import links_of
from sales.transfers import across, has_profiles
from sales.views.made import telling_purchases
from sales.views.panels import (
    as_seen,
    ask,
    grid_panel,
    inputs_context,
    key_of,
    look_of,
    new_row_form,
    order_or_404,
    order_page,
    posted,
    posted_row_form,
    row_form,
    row_or_404,
    row_panel,
    say_why_not,
    url_of_row,
    with_both_values,
    with_texts,
)
from sales.views.structures import ask_structure


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def row_new(request, pk):
    """The line for a new row at the end, or before another; a row that was added leaves the next line open."""
    order = order_or_404(request, pk)
    form = posted_row_form(order, request.POST, by=request.user) if request.method == "POST" else None
    if form and form.is_valid():
        if form.kind == "part" and form.cleaned_data["part"].is_phantom:
            return ask_structure(request, order, form)
        return row_added(request, order, form)
    look = look_of(request, order)
    status = 422 if form else 200
    form = as_seen(form, look) if form else new_row_form(look, before=row_before(request, order), asked=request.GET)
    if not request.htmx:
        return order_page(request, order, editing="new", form=form, status=status)
    context = {"order": order, "look": look, **inputs_context(form, look)}
    return render(request, "sales/_row_new.html", context, status=status)


def row_added(request, order, form):
    refused, before = {}, form.cleaned_data["before"]
    stood = _stands(before)
    with telling_purchases(request, order):
        row = operations.add_row(order=order, **form.cleaned_data, refused=refused, by=request.user, key=form.key)
    say_done(request, _("Row %(row)s is added.") % {"row": row})
    say_why_not(request, refused)
    if waits_for_configuration(row) and row.part.configured.group.opens_automatically:
        return go(request, "sales:row_configuration", row.pk)
    if not request.htmx:
        return go(request, f"{reverse('sales:order', args=[order.pk])}?new=1{f'&before={before.pk}' if before else ''}")
    order, before = row.order, before and _now(before)
    look = look_of(request, order)
    page = page_with(order, row, without_delivered=look.hides_delivered)
    form = new_row_form(look, before=before)
    if _stands_alone(order, row, page, shown=number_in(request.POST.get("page")), moved=stood != _stands(before)):
        return changed(row_panel(request, row, page=page, then=form, look=look))
    panel = grid_panel(request, order, page=page, editing="new", form=form, look=look)
    return changed(reswap(retarget(panel, "#rows"), "outerHTML"))


def _now(before):
    """A row that a new one went before, with the number that it has by now; None where somebody deleted it since."""
    return SalesOrderRow.objects.only("position").filter(pk=before.pk).first()


def _stands(before):
    return before and before.position


def _stands_with_others(row):
    """Whether rows above or below change with it: parts, a fictitious part, alloy costs, comments."""
    return bool(row.parent_id) or row.sub_rows.exists()


def _stands_alone(order, row, page, *, shown, moved):
    """Whether the page that is shown needs nothing but the new row: no other has a new number, date mark or place."""
    is_first = page.count == 1 or not (order.partial_delivery_allowed or row.row_type == RowType.TEXT)
    return shown == page.number and not moved and not is_first and not _stands_with_others(row)


def row_before(request, order):
    """The main row of this order that the new one goes before; anything else in the URL is left out."""
    wanted = number_in(request.GET.get("before"))
    return order.rows.main().filter(pk=wanted).first() if wanted else None


@require_GET
@requires("read")
def row_cancel(request, pk):
    """Nothing, in the place of a new row that is not wanted."""
    order = order_or_404(request, pk)
    return HttpResponse("") if request.htmx else go(request, "sales:order", order.pk)


@require_GET
@requires("read")
def row_read(request, pk):
    """The row as it is read: what Esc brings back."""
    row = row_or_404(request, pk)
    return row_panel(request, row) if request.htmx else go(request, url_of_row(row))


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def row_edit(request, pk):
    found = row = row_or_404(request, pk)
    look = look_of(request, row.order)
    form = row_form(row, look, posted(request))
    if not (form.is_bound and form.is_valid()):
        return _row_again(request, row, form, status=422 if form.is_bound else 200)
    refused, looked, stood_with = {}, asked(request), _stands_with_others(row)
    try:
        with telling_purchases(request, row.order):
            row, report = _change(request, row, form, looked, refused=refused)
    except Stale as stale:
        form = with_both_values(request, stale, lambda data: row_form(row, look, data))
        return _row_again(request, row, form, status=409)
    if report:
        return _ask_change(request, found, report, back=url_of_row(found))
    say_why_not(request, refused)
    if not request.htmx or looked.looks:
        words = _("Row %(row)s is changed, and its orders as chosen.") if looked.looks else _("Row %(row)s is changed.")
        say_done(request, words % {"row": row})
        return go(request, url_of_row(row))
    its_date_marks_others = not row.order.partial_delivery_allowed
    if its_date_marks_others or stood_with or _stands_with_others(row):
        panel = grid_panel(request, row.order, page=page_with(row.order, row, without_delivered=look.hides_delivered))
        return changed(reswap(retarget(panel, "#rows"), "outerHTML"))
    return changed(row_panel(request, row))


def _change(request, row, form, looked, **facts):
    """(the row as saved, None), or (None, what it would do to other orders)."""
    return save_or_ask(
        operations.change_row,
        asked=looked,
        at_once=not (looked.looks or queries.holds_links(row)),
        row=row,
        **form.cleaned_data,
        **facts,
        by=request.user,
        key=form.key,
    )


def _ask_change(request, row, report, *, back):
    return ask_change(request, report, title=_("Change row %(row)s") % {"row": row}, action=request.path, back=back)


def _row_again(request, row, form, *, status):
    if request.htmx:
        return row_panel(request, row, form=form, status=status)
    return order_page(request, row.order, editing=row, form=form, status=status)


@require_POST
@requires("sales.write")
def row_copy(request, pk):
    """A copy of the row right behind it; the cursor is on it, and F2 edits it."""
    order = order_or_404(request, pk)
    row = row_or_404(request, number_in(request.POST.get("row")))
    if row.order_id != order.pk:
        raise Http404
    made = operations.copy_row(row=row, by=request.user, key=key_of(request))
    say_done(request, _("Row %(row)s is copied as %(copy)s.") % {"row": row, "copy": made})
    if not request.htmx:
        return go(request, url_of_row(made))
    page = page_with(order, made, without_delivered=hides_delivered(request))
    return changed(grid_panel(request, order, page=page, focus=made))


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def row_delete(request, pk):
    row = row_or_404(request, pk)
    form = DeleteRowForm(posted(request), initial={"version": row.version})
    if form.is_bound and form.is_valid():
        beside = queries.row_beside(row)
        kept, report = save_or_ask(
            operations.delete_row, asked=asked(request), row=row, **form.cleaned_data, by=request.user, key=form.key
        )
        if report:
            title, back = _("Delete row %(row)s") % {"row": row}, url_of_row(row)
            return ask_change(request, report, title=title, action=request.path, back=back)
        say_done(request, _("Row %(row)s is %(how)s.") % {"row": row, "how": _("cancelled") if kept else _("deleted")})
        at = row if kept else beside
        return go(request, url_of_row(at)) if at else go(request, "sales:order", row.order_id)
    return ask(
        request,
        title=_("Delete row %(row)s") % {"row": row},
        intro=_("A row that was linked or ordered for stays in the list as cancelled."),
        form=form,
        action=reverse("sales:row_delete", args=[pk]),
        button=_("Delete the row"),
        order=row.order,
        danger=True,
    )


@require_http_methods(["GET", "POST"])
@requires("read")
def row(request, pk):
    """One row by itself: what the grid has no room for, its links and its deliveries."""
    found = row_or_404(request, pk)
    form = detail_form(found, posted(request))
    if form.is_bound and not may(request.user, "sales.write"):
        raise PermissionDenied
    if form.is_bound and form.is_valid():
        return row_changed(request, found, form)
    return _row_page(request, found, form, status=422 if form.is_bound else 200)


def detail_form(row, data=None):
    """What the grid has no room for; the grid has room for all of a total or text row."""
    return RowDetailForm(data, row=row)


def _row_page(request, found, form, *, status):
    may_write = may(request.user, "sales.write") and not found.is_closed and found.order.is_open
    shown, parts = grid_row(found), _parts_of(found)
    context = {
        "row": found,
        "shown": shown,
        "facts": facts_of(shown),
        "across": across([found]).get(found.pk),
        "has_profiles": has_profiles(found.order.document.company),
        "under_way": under_way_of([found])[found.pk] if found.is_part and not found.parent_id else None,
        "arrived": arrived_of([found])[found.pk] if found.is_part and not found.parent_id else None,
        "may_receive": may(request.user, "stock.receive") and not found.is_closed and found.order.is_open,
        "parts": parts,
        "complete": found.quantity - left_of(found, parts) if parts else None,
        **_configuration(found),
        "balances": balances_of_rows([found]).get(found.pk),
        "see_at_customer": settings_registry.get("at_customer_shown"),
        "links": link_rows(links_of(found)),
        "under_picking": picked_of([found]).get(found.pk),
        "deliveries": with_numbers(
            queries.deliveries_of(found.order).filter(Q(row=found) | Q(row__parent=found, row__role=Role.PART))
        ),
        "form": form,
        "may_write": may_write,
        "has_bom": may_write and found.order.has_demands and bool(rows_with_bom([found])),
        "see_costs": may(request.user, "see costs"),
        "standard_price": standard_price_of(found),
        "may_deliver": may(request.user, "stock.write"),
    }
    return render(request, "sales/row.html", context, status=status)


def _parts_of(found):
    """The parts below a fictitious part, each with the number of the nested one that it stands in."""
    parts, numbers = kit_rows(found), numbers_of(found.nested)
    for part in parts:
        part.nested_number = numbers.get(part.within)
    return parts


def _configuration(found):
    """What was chosen for a configured part, and what that is reckoned to cost."""
    if not is_configurable(found):
        return {"answers": []}
    return {"answers": answers_of(found), "calculation": Calculation.objects.filter(row=found).first()}


def row_changed(request, found, form):
    refused = {}
    try:
        with telling_purchases(request, found.order):
            _row, report = _change(request, found, form, asked(request), refused=refused)
    except Stale as stale:
        form = with_both_values(request, stale, lambda data: detail_form(found, data))
        return _row_page(request, found, form, status=409)
    if report:
        return _ask_change(request, found, report, back=reverse("sales:row", args=[found.pk]))
    say_done(request, _("Row %(row)s is changed.") % {"row": found})
    say_why_not(request, refused)
    return go(request, "sales:row", found.pk)


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def text_below(request, pk):
    """A text below a main row."""
    row = row_or_404(request, pk)
    form = with_texts(NewTextBelowForm(posted(request)), row.order, request.user)
    if form.is_bound and form.is_valid():
        operations.add_sub_row(row=row, row_type=RowType.TEXT, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("The text stands below row %(row)s.") % {"row": row})
        return go(request, url_of_row(row))
    return ask(
        request,
        title=_("Text below row %(row)s") % {"row": row},
        form=form,
        action=reverse("sales:text_below", args=[pk]),
        button=_("Add the text"),
        order=row.order,
    )


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def row_prices(request, pk):
    """The prices that a row may take, and the padlocks on what somebody typed."""
    row = row_or_404(request, pk)
    prices, offered = offered_prices(row)
    chosen = (price.key for price in offered if (price.source, price.price) == (row.price_source, row.unit_price))
    initial = {"source": next(chosen, None), "version": row.version}
    suggested = _as_suggested(row, prices)
    form = PriceForm(posted(request), row=row, alternatives=offered, suggested=suggested, initial=initial)
    if form.is_bound and form.is_valid():
        choose_price(form.cleaned_data["source"])(
            row=row, version=form.cleaned_data["version"], by=request.user, key=form.key
        )
        say_done(request, _("Row %(row)s has its price.") % {"row": row})
        return go(request, url_of_row(row))
    return ask(
        request,
        title=_("Prices of row %(row)s") % {"row": row},
        intro=_price_now(row),
        lines=sorted(prices.refusals) if prices else (),
        form=form,
        action=reverse("sales:row_prices", args=[pk]),
        button=_("Take it"),
        order=row.order,
    )


def offered_prices(row):
    """(Prices, what it offers the row); an additional row has none, but may keep what was typed."""
    if not (row.priced_in or row.setup_priced_in):
        check_part(row, "price")
    if not row.is_part:
        return None, []
    prices = prices_for([row], every_list=True)
    return prices, prices.alternatives(order=row.order, part=row.part, unit=row.unit, quantity=row.quantity)


def _price_now(row):
    now = {
        "price": show_quantity(row.unit_price),
        "currency": row.order.currency,
        "discount": show_quantity(row.discount),
    }
    if row.discount:
        return _("The row costs %(price)s %(currency)s less %(discount)s %% now.") % now
    return _("The row costs %(price)s %(currency)s now.") % now


def _as_suggested(row, prices):
    """The price of the row without its padlock, and its discount without that one; None where that cannot be said."""
    fresh, discounted, parts = copy(row), copy(row), kit_rows(row)
    try:
        price_unlocked(fresh, prices, parts, price=True)
        price_unlocked(discounted, prices, parts, discount=True)
    except Refused:
        return None
    fresh.discount = discounted.discount
    return fresh


def choose_price(choice):
    """The operation that a choice of the dialog stands for."""
    if choice in KEPT:
        return partial(operations.keep_price, **KEPT[choice])
    if choice in UNLOCKED:
        return partial(operations.unlock_price, **UNLOCKED[choice])
    return partial(operations.take_price, choice=choice)
