"""Answers to customers' orders: what was said, version by version, and its files."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, say_done
from erp.web.exports import TYPES, small_file
from sales import operations
from sales.answer_files import message_of, table_of
from sales.models import OrderAnswer
from sales.views.panels import key_of, order_or_404

EDIFACT = "application/EDIFACT"


@require_GET
@requires("read")
def order_answers(request, pk):
    order = order_or_404(request, pk)
    answers = order.answers.select_related("created_by").order_by("-version")
    context = {"order": order, "answers": answers, "may_write": may(request.user, "sales.write")}
    return render(request, "sales/order_answers.html", context)


@require_POST
@requires("sales.write")
def order_answer(request, pk):
    order = order_or_404(request, pk)
    made = operations.answer_order(order=order, by=request.user, key=key_of(request))
    say_done(request, _("Version %(version)s of the answer is kept.") % {"version": made.version})
    return go(request, "sales:order_answers", pk)


@require_GET
@requires("read")
def answer_file(request, pk):
    """An answer as a file: ``as`` is edi, csv or xlsx."""
    answer = get_object_or_404(OrderAnswer.objects.select_related("order__document"), pk=pk)
    wanted = request.GET.get("as", "edi")
    if wanted == "edi":
        content, content_type = message_of(answer), EDIFACT
    elif wanted in TYPES:
        header, rows = table_of(answer)
        content, content_type = small_file(rows, header=header, kind=wanted), TYPES[wanted]
    else:
        raise Http404
    disposition = {"Content-Disposition": f'attachment; filename="answer-{answer.pk}.{wanted}"'}
    return HttpResponse(content, content_type=content_type, headers=disposition)
