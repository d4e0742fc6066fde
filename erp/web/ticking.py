"""What an action on the ticked rows of a list has in common: which they are, and the answer for each."""

from django.contrib import messages
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from erp.exceptions import Refused
from erp.web.answers import say_done

MOST_TICKED = 200


def ticked(request, rows, *, nothing, most=MOST_TICKED):
    """The rows of a queryset whose boxes were ticked; refuses none, in the words of ``nothing``, and too many."""
    asked = request.POST.getlist("rows")
    wanted = {int(text) for text in asked if text.isascii() and text.isdigit() and len(text) < 19}
    found = list(rows.filter(pk__in=wanted).order_by("pk")[: most + 1])
    if not found:
        raise Refused(nothing)
    if len(found) > most:
        raise Refused(_("Tick at most %(n)s rows at once.") % {"n": most})
    return found


def say_each(request, sentence, refused):
    """Say what was done (empty: nothing), and why each (row, why) was refused; its sentence names the row."""
    if sentence:
        say_done(request, sentence)
    if refused:
        lines = format_html_join("", "<li>{}</li>", [(why,) for _row, why in refused])
        messages.error(request, format_html("{}<ul>{}</ul>", _("Refused:"), lines))
