"""What every template may use: numbers in the user's language, status words, icons, list links."""

from functools import cache
from uuid import uuid4

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from erp.money import decimals_of
from erp.web.numbers import money_in_words, show_amount, show_money, show_quantity
from erp.web.statuses import look_of

register = template.Library()
SPRITE = "vendor/bootstrap-icons/1.13.2/sprite.svg"


@register.filter
def quantity(value):
    return show_quantity(value)


@register.filter
def amount(value):
    return show_amount(value)


@register.filter
def price(value):
    """The price of one unit: two decimals, up to six where it has them."""
    return show_quantity(value)


@register.simple_tag
def money(value, currency):
    """``1,234.50 EUR``: an amount with the decimals of its currency."""
    return money_in_words(value, currency)


@register.simple_tag
def money_figure(value, currency):
    """``1,234.50``: the same without the currency, where a column says it."""
    return show_money(value, decimals_of(currency))


@register.filter
def percent(value):
    """``12.5`` is shown as 12.5 %: the figure is a percentage already."""
    shown = show_quantity(value, at_least=0, at_most=2)
    return f"{shown}\N{NO-BREAK SPACE}%" if shown else shown


@register.filter
def workdays(value):
    """A number of work days in words; nothing for None."""
    if value is None or value == "":
        return ""
    return ngettext("%(n)d work day", "%(n)d work days", abs(value)) % {"n": value}


@register.filter
def slack(value):
    """Slack in words: how early or how late, never a bare minus sign."""
    if value is None or value == "":
        return gettext("no date")
    if value < 0:
        return gettext("late by %(days)s") % {"days": workdays(-value)}
    return gettext("on the day") if value == 0 else gettext("%(days)s to spare") % {"days": workdays(value)}


@register.simple_tag
def icon(name, label=""):
    """An icon of the sprite: decoration without a label, an image with that name with one."""
    href = _href(name)
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', href)


@cache
def _href(name):
    """A grid has a thousand icons, and each static address is looked up in the manifest."""
    return f"{static(SPRITE)}#{name}"


@register.simple_tag
def badge(value, label=""):
    """A status as icon and word; the colour only repeats them."""
    look = look_of(value)
    word = label or str(value).replace("_", " ").capitalize()
    return format_html('<span class="badge-word badge-{}">{}{}</span>', look.tone, icon(look.icon), word)


@register.simple_tag(takes_context=True)
def querystring_for(context, **changes):
    """This page's query string with some parameters changed; None takes one away. For ``hx-get`` and ``href``."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = value
    return f"?{parameters.urlencode()}"


@register.simple_tag
def operation_key():
    """A hidden key for a form without an OperationForm: a second post of it has no second effect."""
    return format_html('<input type="hidden" name="operation_key" value="{}">', uuid4())


@register.filter
def undo_url(message):
    """Where the Undo of a message posts to; empty without one (see ``erp.web.answers.say_done``)."""
    return _url_in(message, "undo")


@register.filter
def dialog_url(message):
    """The page that opens as a dialog together with a message; empty without one."""
    return _url_in(message, "dialog")


def _url_in(message, kind):
    tags = (getattr(message, "extra_tags", "") or "").split(" ", 1)
    return tags[1] if tags[0] == kind and len(tags) > 1 and tags[1].startswith("/") else ""


@register.inclusion_tag("web/_chart.html")
def chart(id, kind, data, *, label):
    """A chart drawn by ``charts.js``; the page also shows the same data as a table."""
    return {"id": id, "kind": kind, "data": data, "label": label, "data_id": f"{id}-data"}


@register.inclusion_tag("web/_chart_scripts.html")
def chart_scripts():
    """The chart library, in the scripts block of a page with charts and nowhere else."""
    return {}
