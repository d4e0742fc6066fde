"""The menu. Pages are named by URL name, so this lowest app needs no import from those above it.

A page that does not exist yet, or that the user may not see, is simply not shown.
"""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Page:
    """One entry: its words, its URL name and the permission it needs (none: everybody who is logged in)."""

    label: str
    name: str
    permission: str = ""
    staff: bool = False

    @property
    def url(self):
        try:
            return reverse(self.name)
        except NoReverseMatch:
            return ""

    def visible_to(self, user):
        if self.staff and not user.is_staff:
            return False
        return bool(self.url) and (not self.permission or user.has_perm(self.permission))


MENU = [
    (_("Home"), [Page(_("Home"), "home")]),
    (
        _("Sales"),
        [
            Page(_("Sales orders"), "sales:order_list"),
            Page(_("Sales rows"), "sales:row_list"),
            Page(_("Serial numbers"), "sales:serial_list"),
            Page(_("Delivery planning"), "sales:planning", permission="stock.write"),
            Page(_("Pick lists"), "sales:pick_list_list"),
            Page(_("Delivery notes"), "sales:delivery_note_list"),
            Page(_("Invoice bases"), "sales:basis_list"),
            Page(_("New sales order"), "sales:order_create", permission="sales.write"),
            Page(_("My signature"), "sales:signature", permission="sales.write"),
            Page(_("Imports"), "staging:import_list", permission="import"),
        ],
    ),
    (
        _("Production"),
        [
            Page(_("Production orders"), "production:order_list"),
            Page(_("Bills of material"), "production:bom_list"),
            Page(_("Routings"), "production:routing_list"),
            Page(_("Work centres"), "production:work_centre_list"),
            Page(_("New production order"), "production:order_create", permission="production.write"),
        ],
    ),
    (
        _("Purchasing"),
        [
            Page(_("Purchase orders"), "purchasing:order_list"),
            Page(_("Purchase rows"), "purchasing:row_list"),
            Page(_("Purchase targets"), "purchasing:target_list"),
            Page(_("Arrivals"), "purchasing:arrival"),
            Page(_("Beyond the tolerance"), "purchasing:over_list"),
            Page(_("Supplier terms"), "purchasing:term_list"),
            Page(_("New purchase order"), "purchasing:order_create", permission="purchase.write"),
        ],
    ),
    (
        _("Linkage"),
        [
            Page(_("Short demands"), "linkage:short_list"),
            Page(_("Late demands"), "linkage:late_list"),
            Page(_("Made by another company"), "linkage:elsewhere_list"),
            Page(_("Orphans"), "linkage:orphan_list"),
            Page(_("Holds"), "linkage:hold_list"),
            Page(_("Swaps that help"), "linkage:swap_list"),
            Page(_("Lost by scrap"), "production:loss_list"),
            Page(_("Undecided changes"), "linkage:undecided_list"),
            Page(_("Free supply"), "linkage:free_list"),
            Page(_("Link suggestions"), "linkage:suggestion_list"),
            Page(_("Link bench"), "linkage:bench", permission="link.purchase"),
            Page(_("Order link tracking"), "linkage:link_list"),
            Page(_("All demands"), "linkage:demand_list"),
            Page(_("All supplies"), "linkage:supply_list"),
            Page(_("What a status allows"), "linkage:status_help"),
        ],
    ),
    (
        _("Stock"),
        [
            Page(_("Balances"), "linkage:stock_list"),
            Page(_("Movements"), "linkage:movements"),
        ],
    ),
    (
        _("Register"),
        [
            Page(_("Parts"), "register:part_list", permission="read"),
            Page(_("Partners"), "register:partner_list", permission="read"),
            Page(_("Work calendars"), "register:calendar_list", permission="read"),
        ],
    ),
    (
        _("Admin"),
        [
            Page(_("Settings"), "register:setting_list", permission="settings.write"),
            Page(_("Administration"), "admin:index", staff=True),
        ],
    ),
]


@dataclass(frozen=True)
class Section:
    label: str
    pages: list
    is_current: bool


def menu(user, path):
    """The sections with at least one page for this user; the one that holds the current page is marked."""
    sections = []
    for label, pages in MENU:
        shown = [page for page in pages if page.visible_to(user)]
        if shown:
            sections.append(Section(label, shown, is_current=any(_holds(page.url, path) for page in shown)))
    return sections


def _holds(url, path):
    return path == url or (url != "/" and path.startswith(url))
