"""The gate: scan or type, row after row of one delivery, post, next. For phones, by keyboard, without JavaScript."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, say_done
from linkage.dates import business_date
from purchasing import operations
from purchasing.arriving import expected, meant_by, receivable
from purchasing.models import PurchaseOrderRow
from purchasing.operations.seen import differences
from purchasing.receiving_forms import ArrivalForm
from purchasing.rehearsal import rehearse_all
from purchasing.views.receipts import posted_before, with_labels

MOST = 60
SHOWN = 100
MOST_NUMBERS = 4000  # letters of a field of serial numbers


@require_http_methods(["GET", "POST"])
@requires("read")
def arrival(request):
    """The delivery is kept in the form until it is posted: nothing is written before."""
    may_receive = may(request.user, "stock.receive")
    if request.method == "POST" and not may_receive:
        raise PermissionDenied(_("Only the warehouse and buyers receive goods."))
    found = meant_by(scanned(request))
    rows = chosen(request, found)
    rehearsals = rehearse_all(rows, typed={row.pk: request.POST.get(f"quantity_{row.pk}", "") for row in rows})
    form = arrival_form(request, rehearsals)
    posts = "post" in request.POST
    if posts and posted_before(request, form):
        return go(request, "purchasing:arrival")
    moved, ended = {}, ended_since(request, rows)
    if posts and not ended and form.is_valid():
        moved = moved_since(form)
        if not moved:
            rows = operations.receive_delivery(**form.arguments(), by=request.user, key=form.key)
            say_done(request, posted_words(rows, form))
            return go(request, "purchasing:arrival")
    context = {"form": form, "may_receive": may_receive, "moved": moved, "ended": ended}
    context |= offers(request, found, rehearsals)
    template = "purchasing/_arrival.html" if request.htmx else "purchasing/arrival.html"
    stale = moved or (posts and ended)
    return render(request, template, context, status=409 if stale else 422 if posts and form.errors else 200)


def scanned(request):
    """What was scanned or typed: on Enter, or in the address."""
    return (request.POST.get("code", "") if "find" in request.POST else request.GET.get("code", ""))[:500]


def chosen(request, found):
    """The rows of the delivery: those in the form, the one that was scanned, those picked, without the one dropped."""
    ids = numbers(request.POST.getlist("row")) + numbers(request.POST.get("pick", "").split(","))
    ids += [row.pk for row in found] if len(found) == 1 else []
    dropped = numbers([request.POST.get("drop", "")])
    wanted = [pk for pk in dict.fromkeys(ids) if pk not in dropped][:MOST]
    rows = {row.pk: row for row in receivable().filter(pk__in=wanted)}
    return [rows[pk] for pk in wanted if pk in rows]


def ended_since(request, rows):
    """The rows on the page that sent this of which nothing can be received any more: somebody else ended them."""
    known = {row.pk for row in rows} | set(numbers([request.POST.get("drop", "")]))
    gone = [pk for pk in numbers(request.POST.getlist("row"))[:MOST] if pk not in known]
    return list(PurchaseOrderRow.objects.for_list().filter(pk__in=gone)) if gone else []


def numbers(texts):
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]


def arrival_form(request, rehearsals):
    if "post" in request.POST:
        return ArrivalForm(request.POST, rehearsals=rehearsals)
    kept = {name: request.POST[name][:200] for name in ("reference", "effective_on") if name in request.POST}
    ticks = {name: True for name in request.POST if name.startswith("final_")}
    initial = {"effective_on": business_date()} | kept | ticks | typed_in(request)
    return ArrivalForm(initial=initial, rehearsals=rehearsals)


def typed_in(request):
    """The quantities and serial numbers of the rows, as they were typed."""
    longest = {"quantity": 40, "serials": MOST_NUMBERS}
    boxes = [(name, name.partition("_")[0], value) for name, value in request.POST.items() if "_" in name]
    return {name: value[: longest[kind]] for name, kind, value in boxes if kind in longest}


def moved_since(form):
    """{row and whom: (now, shown)} of all rows of the delivery."""
    return {
        f"{shown.row}, {label}": figures
        for shown in form.rehearsals
        for label, figures in differences(shown.standing, form.cleaned_data[f"seen_{shown.row.pk}"]).items()
    }


def posted_words(rows, form):
    note = form.cleaned_data["reference"]
    words = _("Received: %s.") % ", ".join(str(row) for row in rows)
    words = f"{words} {_('Delivery note %s.') % note}" if note else words
    return with_labels(words, [row.supply_id for row in rows])


def offers(request, found, rehearsals):
    """What can be picked: what the code may mean, and what is expected today."""
    there = {shown.row.pk for shown in rehearsals}
    code = scanned(request)
    due = list(expected()[:SHOWN])
    candidates = [row for row in found if row.pk not in there]
    return {
        "code": code,
        "nothing": bool(code) and not found,
        "again": bool(found) and not candidates and len(found) == 1,
        "candidates": candidates,
        "all_of_them": ",".join(str(row.pk) for row in candidates),
        "expected": [row for row in due if row.pk not in there],
        "today": business_date(),
    }
