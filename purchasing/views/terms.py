"""Supplier terms: all, of a part, of a supplier. They are kept up in the administration."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from erp.register.access import requires
from erp.register.models import Part, Partner
from erp.register.roles import may
from erp.web.listing import list_view
from purchasing import queries
from purchasing.filters import TermFilter
from purchasing.quality import quality_of
from purchasing.tables import TermTable, TermTableWithoutCosts


@require_GET
@requires("read")
def term_list(request):
    return terms_page(request, queries.terms_of(), title=_("Supplier terms"))


@require_GET
@requires("read")
def part_terms(request, pk):
    part = get_object_or_404(Part, pk=pk)
    title = _("Suppliers of %(part)s %(name)s") % {"part": part, "name": part.name}
    return terms_page(request, queries.terms_of(part=part), title=title)


@require_GET
@requires("read")
def supplier(request, pk):
    partner = get_object_or_404(Partner.objects.filter(is_supplier=True), pk=pk)
    title = _("%(number)s %(name)s: what it delivers") % {"number": partner.number, "name": partner.name}
    orders = queries.open_orders_of(partner)
    quality = quality_of(partner)
    terms = queries.terms_of(supplier=partner)
    return terms_page(request, terms, title=title, supplier=partner, orders=orders, quality=quality)


def terms_page(request, terms, *, title, supplier=None, orders=(), quality=((), None)):
    return list_view(
        request,
        queryset=terms,
        table_class=TermTable if may(request.user, "see costs") else TermTableWithoutCosts,
        filterset_class=TermFilter,
        title=title,
        template="purchasing/term_list.html",
        context={
            "supplier": supplier,
            "orders": orders,
            "bad_parts": quality[0],
            "reject_rate": quality[1],
            "may_write": may(request.user, "purchase.write"),
            "may_keep": may(request.user, "register.write") and request.user.is_staff,
        },
    )
