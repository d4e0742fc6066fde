"""Receiving goods and taking a receipt back."""

from decimal import Decimal

from django.shortcuts import get_object_or_404, render
from django.urls import reverse as reverse_url
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.register.fields import QUANTITY_LIMIT
from erp.register.roles import may
from erp.register.settings_registry import get
from erp.register.units import plain
from erp.web.answers import go, say_done
from erp.web.fields import parse_number
from linkage.dates import business_date
from linkage.models import StockMovement
from linkage.operation import was_posted
from linkage.queries.whereabouts import whereabouts
from purchasing import operations
from purchasing.forms import ReasonForm
from purchasing.labels import receipts
from purchasing.models import Reject
from purchasing.operations.seen import differences
from purchasing.receiving_forms import ReceiveForm, ReverseForm, as_seen
from purchasing.rehearsal import rehearse
from purchasing.views.orders import ask, posted, rights_on
from purchasing.views.rows import row_or_404

ASKED = ["quantity", "effective_on", "reference", "final", "reason", "seen"]


@require_http_methods(["GET", "POST"])
@requires("stock.receive")
def receive(request, pk):
    """Who gets what is shown before anything is posted.

    *Share out* counts the shares again, *Count* only the sums; a form that was overtaken comes back with the figures
    of now, and what was typed.
    """
    shown = row_or_404(request, pk)
    asks = "share_out" in request.POST or "count" in request.POST
    rehearsal = rehearsal_of(request, shown)
    form = receive_form(request, rehearsal)
    if form.is_bound and not asks and posted_before(request, form):
        return go(request, "purchasing:order", shown.order_id)
    moved = {}
    if form.is_bound and not asks and form.is_valid():
        moved = differences(rehearsal.standing, form.cleaned_data["seen"])
        if not moved and "ask_buyer" in request.POST:
            return _ask_buyer(request, shown, form)
        if not moved:
            row = operations.receive(row=shown, **form.arguments(), by=request.user, key=form.key)
            say_done(request, received_words(form, row))
            return go(request, "purchasing:order", shown.order_id)
    template = "purchasing/_receive.html" if request.htmx else "purchasing/receive.html"
    seen = as_seen(rehearsal.standing)
    context = {"row": shown, "form": form, "rehearsal": rehearsal, "seen": seen, "moved": moved}
    context |= {"asked": shown.over_receipts.waiting().for_list().first(), "since": {}}
    status = 409 if moved else 422 if form.is_bound and form.errors else 200
    return render(request, template, context | rights_on(request.user), status=status)


def _ask_buyer(request, shown, form):
    """What came beyond the tolerance is kept for a buyer; nothing is posted."""
    facts = {name: form.cleaned_data[name] for name in ASKED}
    operations.ask_over_receipt(row=shown, **facts, by=request.user, key=form.key)
    say_done(request, _("A buyer is asked; nothing is posted until it is approved."))
    return go(request, "purchasing:order", shown.order_id)


def posted_before(request, form):
    """Whether the answer to this form was lost and it is sent again; its own effect is no move of somebody else."""
    if not was_posted(form.key, by=request.user):
        return False
    say_done(request, _("This form was posted before; nothing is posted a second time."))
    return True


def rehearsal_of(request, shown, *, fallback=""):
    """What is typed, shared out by the policy on a GET and on *Share out*, else with the shares of the boxes."""
    sent = request.POST if request.method == "POST" else request.GET
    boxes = {name[6:]: parse_number(value) for name, value in sent.items() if name.startswith("share_")}
    typed = {int(pk): share for pk, share in boxes.items() if pk.isdecimal() and len(pk) < 19 and _is_number(share)}
    keeps = request.method == "POST" and "share_out" not in request.POST and boxes
    about = {"policy": policy_of(sent), "shares": typed if keeps else None, "gone": gone_of(sent)}
    return rehearse(shown, typed=sent.get("quantity", fallback), **about)


def gone_of(sent):
    """What was rejected and is not replaced, 0 where that is no sensible quantity."""
    rejected = parse_number(sent.get("rejected", "")) if sent.get("owed") == "no" else None
    return rejected if isinstance(rejected, Decimal) and 0 <= rejected < QUANTITY_LIMIT else Decimal(0)


def _is_number(share):
    return hasattr(share, "is_finite") and share >= 0


def policy_of(sent):
    """The policy that was chosen, if there is such a one; else the setting."""
    known = dict(ReceiveForm.base_fields["policy"].choices)
    return sent.get("policy") if sent.get("policy") in known else get("receipt_distribution")


def receive_form(request, rehearsal, *, asked=None):
    """The posted form; a fresh one on a GET, and with the shares counted anew when it was shared out again."""
    about = {
        "rehearsal": rehearsal,
        "may_approve": may(request.user, "purchase.write") and asked is None,
        "approves": asked is not None,
        "asks": "ask_buyer" in request.POST,
        "path": request.path,
    }
    if request.method == "POST" and "share_out" not in request.POST:
        return ReceiveForm(request.POST, **about)
    fields = {*ReceiveForm.base_fields, "serials"} - {"operation_key"}  # parts that are traced have the last one
    names = [name for name in fields if name in request.POST]
    facts = {"quantity": rehearsal.quantity, "effective_on": business_date(), "policy": policy_of(request.POST)}
    kept = {name: getattr(asked, name) for name in ("effective_on", "reference", "reason")} if asked else {}
    kept |= {"final": "yes"} if asked and asked.final else {}
    kept |= {name: request.POST[name] for name in names}
    return ReceiveForm(initial=facts | kept, **about)


def received_words(form, row):
    facts = {"n": plain(form.cleaned_data["quantity"]), "unit": row.unit, "row": row}
    words = _("%(n)s %(unit)s of %(row)s received.") % facts
    if rejected := form.cleaned_data["rejected"]:
        words += " " + _("%(n)s %(unit)s rejected.") % {"n": plain(rejected), "unit": row.unit}
    return with_labels(words, [row.supply_id]) if form.cleaned_data["quantity"] else words


def with_labels(words, supplies):
    """The sentence with a link to the labels of what was just posted on these supplies, if anything was."""
    last = receipts().filter(supply__in=supplies).order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        return words
    return format_html('{} <a href="{}">{}</a>', words, reverse_url("purchasing:labels", args=[last]), _("Labels"))


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def reverse(request, pk):
    """Where the goods of a receipt are now, and what would be taken back from where, before it is posted."""
    receipts = StockMovement.objects.filter(supply__purchase_row__isnull=False, quantity__gt=0)
    about = ("supply__purchase_row", "part__unit", "to_stock__warehouse", "link__demand__document", "demand__document")
    movement = get_object_or_404(receipts.select_related(*about), pk=pk)
    shown = row_or_404(request, movement.supply.purchase_row.pk)
    form = ReverseForm(posted(request), movement=movement, path=request.path, initial=_as_received(movement))
    if form.is_bound and "count" not in request.POST and posted_before(request, form):
        return go(request, "purchasing:order", shown.order_id)
    found = _whereabouts(movement, form)
    moved = {}
    if form.is_bound and "count" not in request.POST and form.is_valid():
        moved = differences(found.standing, form.cleaned_data["seen"]) if found else {}
        if not moved:
            operations.reverse_receipt(row=shown, movement=movement, **form.cleaned_data, by=request.user, key=form.key)
            say_done(request, _("The receipt on %(row)s is reversed.") % {"row": shown})
            return go(request, "purchasing:order", shown.order_id)
    template = "purchasing/_reverse.html" if request.htmx else "purchasing/reverse.html"
    seen = as_seen(found.standing) if found else ""
    context = {"row": shown, "movement": movement, "form": form, "found": found, "moved": moved, "seen": seen}
    return render(request, template, context, status=409 if moved else 422 if form.is_bound and form.errors else 200)


def _as_received(movement):
    return {"quantity": movement.quantity, "effective_on": business_date()}


def _whereabouts(movement, form):
    """Of goods on a shelf; None of a service, which went straight to its demand."""
    if movement.to_stock is None:
        return None
    form.is_valid()
    return whereabouts(movement, getattr(form, "cleaned_data", {}).get("quantity"))


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def take_back_reject(request, pk):
    found = get_object_or_404(Reject.objects.standing().select_related("row__supply__part__unit"), pk=pk)
    shown = row_or_404(request, found.row_id)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        operations.take_back_reject(row=shown, reject=found, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("The reject on %(row)s is taken back.") % {"row": shown})
        return go(request, "purchasing:order", shown.order_id)
    facts = {"n": plain(found.quantity), "unit": shown.supply.part.unit, "row": shown}
    title = _("Take back the reject of %(n)s %(unit)s on %(row)s") % facts
    return ask(request, shown.order, form, title=title, button=_("Take back"))
