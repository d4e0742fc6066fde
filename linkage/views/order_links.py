"""The list of all order links, and disconnecting the ticked ones in one operation."""

from functools import partial

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from erp.register.access import requires
from erp.web.answers import say_done
from erp.web.listing import BulkAction, list_view
from erp.web.ticking import ticked
from linkage import operations
from linkage.link_tables import OrderLinkFilter, OrderLinkTable
from linkage.models import OrderLink
from linkage.queries.order_links import links_for_list
from linkage.queries.timeline import latest_event
from linkage.rights import may_disconnect, may_link
from linkage.views.answering import back, posted_key, refuse_unless
from linkage.views.links import NO_DISCONNECT


@require_GET
@requires("read")
def link_list(request):
    disconnect = BulkAction(_("Disconnect"), reverse("linkage:disconnect_ticked"), icon="x-circle")
    mine = may_link(request.user)
    return list_view(
        request,
        queryset=links_for_list(),
        table_class=partial(OrderLinkTable, exclude=() if mine else ("tick",)),
        filterset_class=OrderLinkFilter,
        title=_("Order link tracking"),
        totals={"quantity": Sum("quantity"), "received": Sum("received"), "open": Sum("open")},
        actions=[disconnect] if mine else (),
        template="linkage/worklist.html",
    )


@require_POST
@requires("link.purchase")
def disconnect_ticked(request):
    """End the ticked links, all or none; what they held is free."""
    links = ticked(request, OrderLink.objects.open().with_ends(), nothing=_("Tick at least one open link."))
    refuse_unless(all(may_disconnect(request.user, link) for link in links), NO_DISCONNECT)
    ended = operations.disconnect_links(links=links, by=request.user, key=posted_key(request))
    sentence = ngettext("%(n)d link is disconnected.", "%(n)d links are disconnected.", len(ended))
    undo_url = reverse("linkage:undo_together", args=[latest_event(ended[-1]).pk])
    say_done(request, sentence % {"n": len(ended)}, undo_url=undo_url)
    return back(request, "linkage:link_list")
