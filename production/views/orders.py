"""Pages of whole production orders, in the order a planner meets them."""

from django.db.models import Sum
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import as_links, go, pdf_answer, say_done
from erp.web.listing import BulkAction, list_view
from erp.web.previewing import ask_change, asked
from linkage.changes.asking import save_or_ask
from linkage.dates import business_date
from linkage.models import Document
from linkage.models.positions import DocumentKind
from linkage.queries.order_links import link_counts
from linkage.queries.timeline import timeline
from production import operations
from production.filters import LineFilter
from production.forms.orders import BuyForm, HeaderForm, HoldForm, NewOrderForm, ReasonForm
from production.models import Bom, Layout
from production.printing import pdf_of
from production.queries.buying import main_suppliers
from production.queries.costs import costs_of
from production.queries.orders import around, lines_for_list, order_view
from production.queries.papers import paper_of
from production.tables import LineTable
from production.timeline import histories
from production.views.shared import ask, order_or_404, posted, press, status_of, usual_warehouse


@require_GET
@requires("read")
def order_list(request):
    may_write = may(request.user, "production.write")
    return list_view(
        request,
        queryset=lines_for_list(today=business_date()),
        table_class=LineTable,
        actions=_actions(may_write),
        filterset_class=LineFilter,
        title=_("Production orders"),
        totals={name: Sum(f"supply__{name}") for name in ("quantity", "done", "free")},
        unit="supply__part__unit",
        template="production/order_list.html",
        context={"may_write": may_write},
    )


def _actions(may_write):
    """What can be done with ticked orders; everybody may print them."""
    writing = [
        BulkAction(_("Release"), reverse("production:release_ticked"), "play-circle"),
        BulkAction(_("Cancel orders"), reverse("production:cancel_ticked"), "x-circle"),
        BulkAction(_("Merge orders"), reverse("production:merge"), "boxes"),
    ]
    printing = BulkAction(_("Print"), reverse("production:print_ticked"), "printer", in_new_tab=True)
    return [*(writing if may_write else []), printing]


@require_http_methods(["GET", "POST"])
@requires("production.write")
def order_create(request):
    form = NewOrderForm(posted(request), initial=initial_of(request))
    if request.method == "POST" and form.is_valid():
        today = business_date()
        orders = operations.create_orders(**form.cleaned_data, by=request.user, business_date=today, key=form.key)
        made = as_links((str(order), url_of(order)) for order in orders)
        say_done(request, format_html(_("Made: {orders}."), orders=made))
        return go(request, "production:order", orders[0].pk)
    template = "production/_order_create.html" if request.htmx else "production/order_create.html"
    return render(request, template, {"form": form}, status=status_of(form))


def initial_of(request):
    """A BOM or a sales order that the page was opened from; nonsense in the URL is left out."""
    bom = number_in(request, "bom", Bom.objects.active().select_related("part__default_warehouse"))
    sales = number_in(request, "sales_order", Document.objects.filter(kind=DocumentKind.SALES))
    facts = {"bom_1": bom, "sales_document": sales, "customer": sales and sales.partner}
    return facts | {"warehouse": usual_warehouse(bom and bom.part)}


def number_in(request, name, queryset):
    text = request.GET.get(name, "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    return queryset.filter(pk=wanted).first() if wanted else None


@require_GET
@requires("read")
def order(request, pk):
    return order_page(request, order_or_404(request, pk))


@require_GET
@requires("read")
def paper(request, pk):
    """The printed order as PDF, in the order's layout or the one that was asked for."""
    shown = order_or_404(request, pk)
    asked = request.GET.get("layout", "")
    layout = asked if asked in Layout.values else shown.layout
    today = business_date()
    texts = paper_of(shown, order_view(shown, today=today), printed_on=today)
    pdf = pdf_of([texts | {"layout": layout, "url": request.build_absolute_uri(url_of(shown))}])
    return pdf_answer(pdf, slugify(str(shown)))


@require_POST
@requires("production.write")
def change_header(request, pk):
    shown = order_or_404(request, pk)
    form = HeaderForm.of(shown, request.POST)
    if not form.is_valid():
        return order_page(request, shown, header_form=form, status=422)
    operations.change_header(order=shown, **form.cleaned_data, by=request.user, key=form.key)
    say_done(request, _("Saved."))
    return go(request, "production:order", pk)


@require_POST
@requires("production.write")
def release(request, pk):
    shown = order_or_404(request, pk)
    return press(request, shown, operations.release, _("%(order)s is released.") % {"order": shown}, order=shown)


@require_POST
@requires("production.write")
def take_back(request, pk):
    shown = order_or_404(request, pk)
    return press(request, shown, operations.take_back, _("%(order)s is planned again.") % {"order": shown}, order=shown)


@require_POST
@requires("production.report")
def start(request, pk):
    shown = order_or_404(request, pk)
    return press(request, shown, operations.start, _("%(order)s is started.") % {"order": shown}, order=shown)


@require_POST
@requires("production.report")
def undo_start(request, pk):
    shown = order_or_404(request, pk)
    return press(request, shown, operations.undo_start, _("%(order)s is released.") % {"order": shown}, order=shown)


@require_POST
@requires("production.write")
def close(request, pk):
    shown = order_or_404(request, pk)
    return press(request, shown, operations.close, _("%(order)s is closed.") % {"order": shown}, order=shown)


@require_http_methods(["GET", "POST"])
@requires("production.write")
def hold(request, pk):
    shown = order_or_404(request, pk)
    form = HoldForm(posted(request))
    if request.method == "POST" and form.is_valid():
        operations.hold(order=shown, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("%(order)s is on hold.") % {"order": shown})
        return go(request, "production:order", pk)
    title = _("Put %(order)s on hold") % {"order": shown}
    return ask(request, form, title=title, button=_("Put on hold"), back=url_of(shown))


@require_POST
@requires("production.write")
def unhold(request, pk):
    shown = order_or_404(request, pk)
    return press(request, shown, operations.unhold, _("%(order)s is off hold.") % {"order": shown}, order=shown)


@require_POST
@requires("production.write")
def copy(request, pk):
    shown = order_or_404(request, pk)
    key = ReasonForm(request.POST).key
    made = operations.copy_order(order=shown, by=request.user, business_date=business_date(), key=key)
    names = ", ".join(map(str, made))
    one, more = _("%(orders)s makes the same again"), _("%(orders)s make the same again")
    sentence = (one if len(made) == 1 else more) % {"orders": names}
    say_done(request, _("%(sentence)s, from today on and promised to nobody.") % {"sentence": sentence})
    return go(request, "production:order", made[0].pk)


@require_http_methods(["GET", "POST"])
@requires("production.write")
def cancel(request, pk):
    shown = order_or_404(request, pk)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        _order, report = save_or_ask(
            operations.cancel, asked=asked(request), order=shown, **form.cleaned_data, by=request.user, key=form.key
        )
        if report:
            title = _("Cancel %(order)s") % {"order": shown}
            return ask_change(request, report, title=title, action=request.path, back=url_of(shown))
        say_done(request, _("%(order)s is cancelled.") % {"order": shown})
        return go(request, "production:order", pk)
    title = _("Cancel %(order)s") % {"order": shown}
    return ask(request, form, title=title, button=_("Cancel the order"), back=url_of(shown))


@require_POST
@requires("production.write")
def make_components(request, pk):
    """Make orders for the made components that are still uncovered, with everything below."""
    shown = order_or_404(request, pk)
    sentence = _("Orders are made for the components of %(order)s.") % {"order": shown}
    return press(request, shown, operations.make_components, sentence, order=shown, business_date=business_date())


@require_http_methods(["GET", "POST"])
@requires("production.write")
def buy(request, pk):
    """Create purchase order: the short bought components with quantity and supplier."""
    shown = order_or_404(request, pk)
    short = operations.short_bought_components(shown, today=business_date(), asked=BuyForm.asked(request.POST))
    suppliers = main_suppliers([demand.part_id for demand, _quantity in short])
    form = BuyForm(posted(request), short=short, suppliers=suppliers)
    if request.method == "POST" and form.is_valid():
        today = business_date()
        rows = operations.create_purchase_orders(
            order=shown, **form.arguments(), by=request.user, business_date=today, key=form.key
        )
        made = ", ".join(dict.fromkeys(str(row.order) for row in rows))
        say_done(request, _("Bought with %(orders)s.") % {"orders": made})
        return go(request, "production:order", pk)
    context = {"order": shown, "form": form, "back": url_of(shown)}
    return render(request, "production/buy.html", context, status=status_of(form))


def url_of(shown):
    return reverse("production:order", args=[shown.pk])


def order_page(request, shown, *, header_form=None, status=200):
    """The whole order: header, lines, components with their coverage, links, reports, timeline."""
    today = business_date()
    views = order_view(shown, today=today)
    if may(request.user, "see costs"):
        costs = costs_of([view.line for view in views])
        for view in views:
            view.cost = costs[view.line.pk]
    context = {
        "order": shown,
        "lines": views,
        "around": around(views),
        "link_counts": link_counts(shown.document_id),
        "today": today,
        "header_form": header_form or HeaderForm.of(shown),
        "timeline": timeline(histories(shown), asked=request.GET, viewer=request.user),
        "may_write": may(request.user, "production.write"),
        "may_report": may(request.user, "production.report"),
    }
    return render(request, "production/order.html", context, status=status)
