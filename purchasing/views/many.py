"""What the list does with the ticked orders: send, confirm."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from erp.register.access import requires
from erp.web.ticking import say_each, ticked
from purchasing import operations
from purchasing.forms import ReasonForm
from purchasing.models import Dispatch, PurchaseOrder


@require_POST
@requires("purchase.write")
def send_ticked(request):
    sent, refused = _each(request, operations.send_orders)
    sentence = ngettext("%(n)d order is sent.", "%(n)d orders are sent.", len(sent))
    answer = _answer(request, sentence, sent, refused)
    _say_unsent(request, sent)
    return answer


def _say_unsent(request, orders):
    """The mails went out after the commit, or did not: an order is sent, and its supplier may know nothing of it."""
    unsent = Dispatch.objects.undone().filter(order__in=[order.pk for order in orders]).count()
    if not unsent:
        return
    sentence = ngettext("%(n)d mail has not gone out.", "%(n)d mails have not gone out.", unsent) % {"n": unsent}
    url = reverse("purchasing:order_list") + "?unsent_mail=1"
    messages.error(request, format_html('{} <a href="{}">{}</a>', sentence, url, _("Mail not sent")))


@require_POST
@requires("purchase.write")
def confirm_ticked(request):
    """Every row as it was asked for; who has other dates confirms the order on its page."""
    confirmed, refused = _each(request, operations.confirm_orders)
    sentence = ngettext("%(n)d order is confirmed.", "%(n)d orders are confirmed.", len(confirmed))
    return _answer(request, sentence, confirmed, refused)


def _each(request, operation):
    orders = PurchaseOrder.objects.visible_to(request.user).for_list()
    chosen = ticked(request, orders, nothing=_("Tick at least one order."))
    return operation(orders=chosen, by=request.user, key=ReasonForm(request.POST).key)


def _answer(request, sentence, done, refused):
    say_each(request, sentence % {"n": len(done)} if done else "", refused)
    return redirect("purchasing:order_list")
