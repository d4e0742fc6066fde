"""Rows pasted from a spreadsheet: a line each, its cells divided by tabs, read as a new row of the grid is."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.register.models import Part
from erp.web.fields import TextFormField
from erp.web.forms import OperationForm
from sales.forms.parts import NewRowForm
from sales.models import RowType

CELLS = ("part", "quantity", "delivery_date", "unit_price", "discount")
MOST_ROWS, MOST_TOLD = 100, 10


class PasteForm(OperationForm):
    """Its ``lines`` become the facts of the rows; ``defaults`` is what a new row says where its cell is empty."""

    lines = TextFormField(
        label=_("Rows"),
        max_length=20_000,
        multiline=True,
        strip=False,
        help_text=_(
            "A line for each row: part, quantity, date, price, discount. From the date on cells may be missing."
        ),
        error_messages={"required": _("Paste at least one line.")},
    )

    def __init__(self, *args, order, defaults, **kwargs):
        super().__init__(*args, **kwargs)
        self.order, self.defaults = order, defaults
        self.fields["lines"].widget.attrs |= {"rows": 12, "data-keeps-tabs": ""}

    def clean_lines(self):
        lines = _lines(self.cleaned_data["lines"])
        if not lines:
            raise forms.ValidationError(_("Paste at least one line."))
        if len(lines) > MOST_ROWS:
            raise forms.ValidationError(_("At most %(n)s rows are pasted at once.") % {"n": MOST_ROWS})
        forms_of_lines = [(number, self._form_of(cells)) for number, cells in lines]
        if wrong := [words for number, form in forms_of_lines for words in _wrong(number, form)]:
            raise forms.ValidationError(wrong[:MOST_TOLD])
        return [form.cleaned_data for _number, form in forms_of_lines]

    def _form_of(self, cells):
        """A date that no cell says is the one that a new row is shown: its part may have a later one."""
        typed = {name: cell for name, cell in zip(CELLS, cells, strict=False) if cell}
        if "delivery_date" not in typed:
            typed["suggested_date"] = self.defaults["delivery_date"]
        return NewRowForm(self.defaults | typed | {"row_type": str(RowType.PART.value)}, order=self.order)


def _lines(text):
    """[(number, its cells)] of lines that say anything; a head, without a part or a figure, is left out."""
    cells = [(n, [cell.strip() for cell in line.split("\t")]) for n, line in enumerate(text.splitlines(), start=1)]
    lines = [(n, found) for n, found in cells if any(found)]
    return lines[1:] if lines and _is_head(lines[0][1]) else lines


def _is_head(cells):
    has_no_figure = len(cells) > 1 and bool(cells[1]) and not any(sign.isdigit() for sign in cells[1])
    return has_no_figure and not Part.objects.active().filter(number__iexact=cells[0]).exists()


def _wrong(number, form):
    return [
        _("Line %(n)s, %(field)s: %(why)s") % {"n": number, "field": form.fields[name].label, "why": words}
        if name in form.fields
        else _("Line %(n)s: %(why)s") % {"n": number, "why": words}
        for name, found in form.errors.items()
        for words in found
    ]
