"""Changes of a sent order: they are sent to the supplier, and its answer is noted."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.web.answers import go, say_done
from erp.web.previewing import ask_change, asked
from linkage.changes.asking import save_or_ask
from purchasing import operations
from purchasing.forms import AnswerForm
from purchasing.models import ChangeRequest, Dispatch
from purchasing.sending_forms import SendForm
from purchasing.views.orders import order_or_404, posted, rights_on
from purchasing.views.sending import ask_how
from purchasing.views.telling import Told


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def send_changes(request, pk):
    shown = order_or_404(request, pk)
    form = SendForm.of(shown, posted(request))
    if request.method == "POST" and form.is_valid():
        made = operations.send_changes(order=shown, **form.cleaned_data, by=request.user, key=form.key)
        _say_asked(request, made)
        return go(request, "purchasing:order", pk)
    title = _("Send the changes of %(order)s") % {"order": shown}
    facts = {"title": title, "button": _("Send the changes"), "order": shown, "form": form}
    return ask_how(request, facts | {"paper_url": reverse("purchasing:paper", args=[pk])})


def _say_asked(request, made):
    """The mail went out after the commit, or did not: then the supplier was not asked."""
    if Dispatch.objects.undone().filter(pk=made.dispatch_id).exists():
        words = _("%(request)s is made, but its mail has not gone out; see “Documents sent”.")
        messages.error(request, words % {"request": made})
        return
    words = _("%(request)s waits for the supplier's answer; see “Documents sent”.")
    say_done(request, words % {"request": made})


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def answer_changes(request, pk):
    """What is declined goes back; what that does to who waits for the row is shown first."""
    change = get_object_or_404(ChangeRequest.objects.visible_to(request.user).for_list(), pk=pk)
    form = AnswerForm(posted(request), lines=list(change.lines.all()), facts=list(change.facts.all()))
    if request.method == "GET" or not form.is_valid():
        template = "purchasing/_answer.html" if request.htmx else "purchasing/answer.html"
        context = {"change": change, "order": change.order, "form": form, **rights_on(request.user)}
        return render(request, template, context, status=422 if form.is_bound else 200)
    facts = {"request": change, **form.arguments()}
    with Told(request, change.order):
        made, report = save_or_ask(
            operations.answer_changes, asked=asked(request), **facts, by=request.user, key=form.key
        )
    if report:
        back = reverse("purchasing:order", args=[change.order_id])
        title = _("Answer to %(change)s") % {"change": change}
        return ask_change(request, report, title=title, action=request.path, back=back)
    say_done(
        request, _("%(change)s is noted: %(answer)s.") % {"change": made, "answer": made.get_status_display().lower()}
    )
    return go(request, "purchasing:order", change.order_id)
