"""Documents on paper and on their way to the customer: PDF, print view, sending, and what was sent."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.exceptions import Refused
from erp.register.access import requires
from erp.web.answers import go, pdf_answer, say_done
from erp.web.ticking import ticked
from purchasing.models import How, Outcome
from sales import operations
from sales.forms.papers import SendPaperForm
from sales.goods_labels import labels_of, labels_pdf
from sales.models import DeliveryNote, PickPrint, SalesDispatch
from sales.operations.holding import check_whole
from sales.papers import note_paper, order_paper
from sales.pick_papers import pick_paper
from sales.printing import pdf_of, shipments_pdf
from sales.shipments import shipments_of
from sales.views.deliveries import note_or_404
from sales.views.panels import found_or_404, key_of, order_or_404, posted
from sales.views.picking import pick_list_or_404

MOST_PRINTED = 50


@require_GET
@requires("read")
def order_pdf(request, pk):
    """The quote or confirmation as the order is now."""
    return paper_answer(whole_paper(order_or_404(request, pk)))


@require_GET
@requires("read")
def order_print(request, pk):
    order = order_or_404(request, pk)
    return print_view(request, whole_paper(order), back=reverse("sales:order", args=[pk]))


def whole_paper(order):
    """An open order with an error in one of its rows is no paper yet."""
    if order.is_open:
        check_whole(order, list(order.rows.for_list()))
    return order_paper(order)


@require_GET
@requires("read")
def note_pdf(request, pk):
    return paper_answer(note_paper(note_or_404(request, pk)))


@require_GET
@requires("read")
def note_print(request, pk):
    note = note_or_404(request, pk)
    return print_view(request, note_paper(note), back=reverse("sales:delivery_note", args=[pk]))


@require_POST
@requires("read")
def notes_print(request):
    """The ticked delivery notes in one PDF, with a shipping list where several go to one address."""
    notes = DeliveryNote.objects.visible_to(request.user).for_list()
    found = ticked(request, notes, nothing=_("Tick at least one delivery note."), most=MOST_PRINTED)
    found.sort(key=lambda note: note.serial)
    return pdf_answer(shipments_pdf(shipments_of(found)), "shipment")


@require_GET
@requires("read")
def note_labels(request, pk):
    """A goods label for each row of a delivery note."""
    texts = labels_of(note_or_404(request, pk))
    if not texts["labels"]:
        raise Refused(_("Everything on it was taken back; there is nothing to label."))
    return pdf_answer(labels_pdf(texts), slugify(texts["number"]))


@require_GET
@requires("read")
def pick_pdf(request, pk):
    return paper_answer(pick_paper(pick_list_or_404(request, pk), language=get_language()))


@require_POST
@requires("stock.write")
def pick_keep(request, pk):
    """Print a pick list: what is printed is kept."""
    pick_list = pick_list_or_404(request, pk)
    kept = operations.print_pick_list(
        pick_list=pick_list, language=get_language(), by=request.user, key=key_of(request)
    )
    return go(request, "sales:pick_printed", kept.pk)


@require_GET
@requires("read")
def pick_printed(request, pk):
    """A pick list as it was printed."""
    return paper_answer(found_or_404(PickPrint.objects.visible_to(request.user).for_list(), pk).texts)


@require_GET
@requires("read")
def pick_print(request, pk):
    pick_list = pick_list_or_404(request, pk)
    texts = pick_paper(pick_list, language=get_language())
    return print_view(request, texts, back=reverse("sales:pick_list", args=[pk]))


@require_GET
@requires("read")
def dispatch_pdf(request, pk):
    """A document as it went out."""
    return paper_answer(dispatch_or_404(request, pk).texts)


@require_GET
@requires("read")
def order_documents(request, pk):
    """What was sent of an order."""
    order = order_or_404(request, pk)
    sent = SalesDispatch.objects.for_list().filter(order=order).order_by("-pk")
    return render(request, "sales/order_documents.html", {"order": order, "dispatches": sent})


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def order_send(request, pk):
    """Send the quote or the confirmation; a registered order is confirmed with it."""
    order = order_or_404(request, pk)
    form = SendPaperForm.of(order, posted(request))
    if form.is_bound and form.is_valid():
        sent = operations.send_order(order=order, **form.cleaned_data, by=request.user, key=form.key)
        say_sent(request, sent.pk)
        return go(request, "sales:order_documents", pk)
    return ask_how(request, order, form, whole_paper(order), paper=reverse("sales:order_pdf", args=[pk]))


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def note_send(request, pk):
    note = note_or_404(request, pk)
    form = SendPaperForm.of(note.order, posted(request))
    if form.is_bound and form.is_valid():
        sent = operations.send_note(note=note, **form.cleaned_data, by=request.user, key=form.key)
        say_sent(request, sent.pk)
        return go(request, "sales:delivery_note", pk)
    return ask_how(request, note.order, form, note_paper(note), paper=reverse("sales:note_pdf", args=[pk]))


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def dispatch_again(request, pk):
    """A mail that did not go out: once more, to another address, or another way."""
    sent = dispatch_or_404(request, pk)
    form = SendPaperForm.of(sent.order, posted(request), address=sent.address, how=How.EMAIL)
    if form.is_bound and form.is_valid():
        operations.send_paper_again(dispatch=sent, **form.cleaned_data, by=request.user, key=form.key)
        say_sent(request, pk)
        return go(request, "sales:order_documents", sent.order_id)
    shown = reverse("sales:dispatch_pdf", args=[pk])
    return ask_how(request, sent.order, form, sent.texts, paper=shown, failed=sent)


def ask_how(request, order, form, texts, *, paper, failed=None):
    """The question how something is sent, with the document to look at first; ``failed`` did not go out."""
    again = failed and _("Send %(what)s again") % {"what": failed}
    context = {
        "title": again or _("Send %(what)s") % {"what": texts["title"]},
        "language": get_language_info(texts["language"])["name_local"],
        "order": order,
        "form": form,
        "paper": paper,
        "failed": failed,
    }
    template = "sales/_send.html" if request.htmx else "sales/send.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def say_sent(request, pk):
    """What became of it: a mail may have failed already."""
    sent = SalesDispatch.objects.for_list().get(pk=pk)
    words = {"what": sent.texts["title"], "address": sent.address}
    if sent.how != How.EMAIL:
        say_done(request, _("%(what)s is kept as sent.") % words)
    elif sent.outcome == Outcome.SENT:
        say_done(request, _("%(what)s is sent to %(address)s.") % words)
    else:
        say_done(request, _("%(what)s is kept, but its mail has not gone out; see the documents of the order.") % words)


def dispatch_or_404(request, pk):
    return found_or_404(SalesDispatch.objects.visible_to(request.user).for_list(), pk)


def paper_answer(texts):
    return pdf_answer(pdf_of(texts), slugify(texts["number"]))


def print_view(request, texts, *, back):
    """The same as the PDF, as a page that the browser prints."""
    columns = [(name, texts["words"][name]) for name in texts["columns"]]
    rows = [{**row, "cells": [(name, row.get(name, "")) for name in texts["columns"]]} for row in texts["rows"]]
    return render(request, "sales/print.html", {"texts": texts, "columns": columns, "rows": rows, "back": back})
