"""What the list does with the ticked orders: send, confirm."""

from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from erp.register.access import requires
from erp.web.ticking import say_each, ticked
from purchasing import operations
from purchasing.forms import ReasonForm
from purchasing.models import PurchaseOrder


@require_POST
@requires("purchase.write")
def send_ticked(request):
    sent, refused = _each(request, operations.send_orders)
    sentence = ngettext("%(n)d order is sent.", "%(n)d orders are sent.", len(sent))
    return _answer(request, sentence, sent, refused)


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
