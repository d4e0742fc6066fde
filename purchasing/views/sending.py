"""The order on paper, and how it goes to the supplier."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, pdf_answer, say_done
from erp.web.exports import small_file
from purchasing import operations
from purchasing.models import Dispatch, How, Outcome
from purchasing.operations.dispatching import why_over
from purchasing.papers import paper_of, without_costs
from purchasing.printing import pdf_of, table_of
from purchasing.sending_forms import SendForm
from purchasing.views.orders import order_or_404, posted
from purchasing.views.telling import Told


@require_GET
@requires("read")
def paper(request, pk):
    """The order as it is now, a draft too; without prices for who may not see them."""
    shown = order_or_404(request, pk)
    return paper_answer(request, paper_of(shown))


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def send(request, pk):
    shown = order_or_404(request, pk)
    form = SendForm.of(shown, posted(request))
    if request.method == "POST" and form.is_valid():
        with Told(request, shown):
            operations.send(order=shown, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, sentence_of(shown, form.cleaned_data["how"]))
        return go(request, "purchasing:order", pk)
    facts = {"title": _("Send %(order)s") % {"order": shown}, "button": _("Send"), "order": shown, "form": form}
    return ask_how(request, facts | {"paper_url": reverse("purchasing:paper", args=[pk])})


@require_GET
@requires("read")
def dispatch_paper(request, pk):
    """The document as it went out."""
    return paper_answer(request, dispatch_or_404(request, pk).texts)


@require_GET
@requires("read")
def dispatch_rows(request, pk):
    """Its rows for a program: CSV, numbers with a point."""
    texts = seen_by(request.user, dispatch_or_404(request, pk).texts)
    header, rows = table_of(texts)
    name = f"{slugify(texts['number'])}.csv"
    return HttpResponse(
        small_file(rows, header=header, kind="csv"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def send_again(request, pk):
    """A mail that did not go out: once more, to another address, or another way."""
    sent = dispatch_or_404(request, pk)
    over = why_over(sent)
    how = How.OTHER if over else How.EMAIL
    form = SendForm.of(sent.order, posted(request), address=sent.address, how=how)
    if request.method == "POST" and form.is_valid():
        operations.send_again(dispatch=sent, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, sentence_of(sent.order, form.cleaned_data["how"]))
        return go(request, "purchasing:order", sent.order_id)
    title = _("Send %(what)s again") % {"what": sent}
    facts = {"title": title, "button": _("Send"), "order": sent.order, "form": form, "failed": sent, "over": over}
    return ask_how(request, facts | {"paper_url": reverse("purchasing:dispatch_paper", args=[pk])})


def ask_how(request, facts):
    """The question how something is sent, with the document to look at first."""
    language = get_language_info(facts["order"].supplier.language)["name_local"]
    template = "purchasing/_send.html" if request.htmx else "purchasing/send.html"
    context = {"failed": None, "over": "", "language": language} | facts
    return render(request, template, context, status=422 if facts["form"].is_bound else 200)


def sentence_of(order, how):
    """What became of it: a mail may have failed already."""
    last = order.dispatches.order_by("-version").first()
    if how == How.EMAIL and last.outcome == Outcome.SENT:
        return _("%(order)s is sent to %(address)s.") % {"order": order, "address": last.address}
    if how == How.EMAIL:
        return _("%(order)s is sent, but its mail has not gone out; see “Documents sent”.") % {"order": order}
    if how == How.FILE:
        return _("%(order)s is sent. Its files are under “Documents sent”.") % {"order": order}
    return _("%(order)s is sent.") % {"order": order}


def dispatch_or_404(request, pk):
    return get_object_or_404(Dispatch.objects.visible_to(request.user).for_list(), pk=pk)


def seen_by(user, texts):
    return texts if may(user, "see costs") else without_costs(texts)


def paper_answer(request, texts):
    return pdf_answer(pdf_of(seen_by(request.user, texts)), slugify(texts["number"]))
