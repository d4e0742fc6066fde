"""What single columns show, written out: a page has a thousand cells, and a template takes ten times as long."""

from functools import cache

from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from erp.money import decimals_of
from erp.register.models import PartType
from erp.web.numbers import show_money, show_quantity
from erp.web.templatetags.pegboard import badge, icon, percent
from sales.money import standard_price_of

WITHOUT_SYMBOL = '{}<span class="no-symbol"></span>'  # stands under the figures that have one
PRICES = '{0} <a href="{1}" hx-get="{1}" hx-target="#dialog-body" hx-swap="innerHTML">{2}</a>'
COMMENTED = '<abbr title="{0}">{1}</abbr><span class="visually-hidden">{0}</span>'


def part(shown, **look):
    """The part with its revision; of an additional row what was typed."""
    row = shown.row
    if not row.part_id:
        return format_html('{} <span class="only-narrow">{}</span>', row.part_number, row.name)
    link = format_html('<a href="{}{}/">{}</a>', _parts_url(), row.part_id, row.part)
    return format_html('{} <span class="faint">{}</span>', link, _revision(row)) if row.revision_id else link


def revision(shown, **look):
    return _revision(shown.row) if shown.row.revision_id else ""


@cache
def _parts_url():
    return reverse("linkage:part", args=[0]).removesuffix("0/")


def _revision(row):
    if not row.other_revision:
        return row.revision
    words = '<i tabindex="0" title="{0}">{1}</i><span class="visually-hidden">{0}</span>'
    return format_html(words, row.other_revision, row.revision)


TYPES = {
    PartType.PURCHASED: "cart3",
    PartType.MANUFACTURED: "hammer",
    PartType.FICTITIOUS: "boxes",
    PartType.SERVICE: "person-circle",
    PartType.PACKAGING: "box2",
}


def part_type(shown, **look):
    """A symbol with its word."""
    part = shown.row.part
    return _symbol(TYPES[part.part_type], part.get_part_type_display())


def lot_sizing(shown, **look):
    """Two letters with their words; services have no rule."""
    part = shown.row.part
    rule = "" if part.part_type == PartType.SERVICE else part.lot_sizing
    return format_html('<abbr title="{}">{}</abbr>', part.get_lot_sizing_display(), rule) if rule else ""


def delivery(is_begun, row):
    """Partial or final delivery made; nothing on a row of which nothing is delivered."""
    if row.is_closed and not row.is_cancelled:
        return _symbol("check-circle", _("Final delivery made"))
    return _symbol("circle-half", _("Partial delivery made")) if is_begun else ""


def _symbol(name, words):
    return format_html('<span title="{}">{}</span>', words, icon(name, words))


def price(shown, *, may_write, **look):
    """The price, in italics when it is staggered, with its comment and its padlock."""
    row, figure = shown.row, show_quantity(shown.row.unit_price)
    if row.is_of_kit and not (row.unit_price or row.price_source or row.price_locked):
        figure = ""  # it costs what its row does
    if row.price_source == "step":
        figure = format_html('<i title="{}">{}</i>', _("Staggered price"), figure)
    if row.price_comment:
        figure = format_html(COMMENTED, row.price_comment, figure)
    if not _may_choose(shown, may_write):
        return format_html(WITHOUT_SYMBOL, figure) if may_write and figure else figure
    symbol = icon("lock", _("Prices; typed by hand")) if row.price_locked else icon("tag", _("Prices"))
    return format_html(PRICES, figure, f"{shown.url}prices/", symbol)


def discount(shown, *, may_write, **look):
    """The discount, with its padlock where somebody typed it; a typed 0 is one too."""
    row = shown.row
    has_padlock = row.discount_locked and row.is_part and _may_choose(shown, may_write)
    figure = percent(row.discount) if row.discount or has_padlock else ""
    if not has_padlock:
        return figure
    return format_html(PRICES, figure, f"{shown.url}prices/", icon("lock", _("Discount; typed by hand")))


def standard_price(shown, *, may_write, **look):
    """Of one base unit, with its padlock where somebody typed it; or of all of the row, where its parts say it."""
    if shown.money and shown.money.costs_parts:
        return _standard_of_parts(shown)
    figure = show_quantity(standard_price_of(shown.row))
    if not (shown.row.standard_price_locked and shown.row.is_part and _may_choose(shown, may_write)):
        return figure
    return format_html(PRICES, figure, f"{shown.url}prices/", icon("lock", _("Standard price; typed by hand")))


def _standard_of_parts(shown):
    if shown.money.standard is None:
        return ""
    figure = show_money(shown.money.standard, decimals_of(shown.row.order.document.company.currency))
    return format_html(COMMENTED, _("For all of it, by its parts"), figure)


def _may_choose(shown, may_write):
    """Parts have prices to choose from; any row may keep what was typed before the currency changed."""
    return may_write and shown.may_change and (shown.row.is_part or shown.row.priced_in or shown.row.setup_priced_in)


def status(shown, **look):
    row = shown.row
    if row.is_cancelled:
        return badge("cancelled", _("Cancelled"))
    if row.is_closed:
        return badge("delivered", _("Delivered"))
    if not row.is_goods:
        return row.get_row_type_display()
    words = row.get_row_status_display()
    return words if row.is_part else f"{row.get_row_type_display()}: {words}"


def made(shown, **look):
    """The numbers of the orders made for the row."""
    if shown.numbers:
        return get_template("sales/cells/made.html").render({"numbers": shown.numbers})
    return icon("check-lg", _("Its order is made on save")) if shown.row.order_box else ""
