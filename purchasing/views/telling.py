"""Telling the buyer what the backorder rule linked."""

from django.utils.translation import gettext as _

from erp.register.units import plain
from erp.web.answers import say_done
from purchasing.waiting import backorder_links

MOST_TOLD = 10


class Told:
    """Tells the buyer what the backorder rule linked while something was done: ``with Told(request, order): …``"""

    def __init__(self, request, order):
        self.request, self.order = request, order

    def __enter__(self):
        self.before = backorder_links(self.order)

    def __exit__(self, failed, *_rest):
        if failed:
            return
        now = backorder_links(self.order)
        new = [(*ends, quantity - self.before.get(ends, 0)) for ends, quantity in now.items()]
        if new := [link for link in new if link[2] > 0]:
            say_done(self.request, _in_words(new))


def _in_words(links):
    told = [
        _("%(n)s %(unit)s of %(row)s for %(demand)s")
        % {"n": plain(quantity), "unit": supply.part.unit, "row": supply, "demand": demand}
        for supply, demand, quantity in links[:MOST_TOLD]
    ]
    if more := len(links) - MOST_TOLD:
        told += [_("and %(n)s more") % {"n": more}] if more > 0 else []
    return _("Linked to backorders, oldest first: %(links)s.") % {"links": "; ".join(told)}
