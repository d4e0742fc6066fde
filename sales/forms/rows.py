"""Forms of the rows that are not of the register: additional, total and text rows, new or being edited."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.web.fields import IsoDateField, PercentFormField, QuantityFormField, TextFormField
from erp.web.forms import OperationForm, VersionField
from sales.formatting import LONGEST as FORMATTED
from sales.formatting import cleaned, for_editor, is_plain, plain_of
from sales.forms.dates import as_dates_are_shown, at_customer_field, check_date, date_new_row, follow_choice
from sales.forms.parts import NewRowForm, RowForm, in_grid, unit_choice
from sales.forms.prices import RowPriceField, as_prices
from sales.models import RowType
from sales.phrases import insert_field
from sales.statuses import RowStatus

LONGEST_TEXT = 4000


class AdditionalFields(OperationForm):
    """What an additional row says; nothing of it comes from the register."""

    kind = "additional"
    part_number = TextFormField(label=_("Part"), max_length=40, required=False)
    name = TextFormField(label=_("Name"), max_length=120)
    quantity = QuantityFormField(label=_("Quantity"), allow_negative=True)
    unit = unit_choice(required=False, empty_label="")
    unit_price = RowPriceField(label=_("Price"), required=False, allow_negative=True)
    discount = PercentFormField(label=_("Discount %"), required=False, allow_negative=True)
    delivery_date = IsoDateField(label=_("Delivery date"), required=False)
    at_customer_date = at_customer_field()
    row_status = forms.ChoiceField(label=_("Row status"), choices=RowStatus, required=False)

    def clean_row_status(self):
        return self.cleaned_data["row_status"] or RowStatus.FIXED

    def clean_quantity(self):
        quantity = self.cleaned_data["quantity"]
        if quantity == 0:
            raise forms.ValidationError(_("Enter a quantity other than 0; below 0 takes something off."))
        return quantity

    def clean_unit_price(self):
        return self.cleaned_data["unit_price"] or 0

    def clean_discount(self):
        return self.cleaned_data["discount"] or 0


class TotalFields(OperationForm):
    kind = "total"
    name = TextFormField(label=_("Name"), max_length=120, initial=_("Total"))


class TextFields(OperationForm):
    """A text and the documents that it is printed on."""

    kind = "text"
    text = TextFormField(label=_("Text"), max_length=4000, multiline=True, required=False)
    text.widget.attrs["data-formatted"] = ""
    formatted = forms.CharField(required=False, widget=forms.HiddenInput, max_length=FORMATTED, strip=True)
    is_formatted = forms.BooleanField(required=False, widget=forms.HiddenInput)
    insert = insert_field()
    on_confirmation = forms.BooleanField(label=_("Quote and confirmation"), required=False, initial=True)
    on_pick_list = forms.BooleanField(label=_("Pick list"), required=False)
    on_delivery_note = forms.BooleanField(label=_("Delivery note"), required=False)
    on_invoice = forms.BooleanField(label=_("Invoice"), required=False)
    offered: dict = {}

    def clean(self):
        """What is chosen to be inserted, but was not put into the text by the page, is written below it."""
        answer = super().clean()
        _label, inserted = self.offered.get(answer.pop("insert", ""), ("", ""))
        answer |= as_typed(answer.pop("is_formatted", False), answer)
        text = "\n".join(filter(None, [answer.get("text", ""), inserted]))
        if "text" in answer:
            if inserted:
                answer["formatted"] = ""
            answer["text"] = text
            if not text:
                self.add_error("text", _("This field is required."))
            elif len(text) > LONGEST_TEXT:
                self.add_error("text", _("With what is inserted the text is too long: at most 4000 characters."))
        return answer


def as_typed(is_formatted, answer):
    """What the editor wrote says both; a plain text that was typed over a formatted one takes its place."""
    html = cleaned(answer.get("formatted") or "")
    if is_formatted:
        return {"text": plain_of(html), "formatted": "" if is_plain(html) else html}
    as_it_was = html and plain_of(html).split() == answer.get("text", "").split()
    return {"text": plain_of(html), "formatted": html} if as_it_was else {"formatted": ""}


class NewFields(OperationForm):
    """What every new row says besides: its type, and the row that it goes before."""

    row_type = NewRowForm.base_fields["row_type"]
    before = NewRowForm.base_fields["before"]
    suggested_date = NewRowForm.base_fields["suggested_date"]

    def __init__(self, *args, order, form_id="", **kwargs):
        self.order = order
        super().__init__(*args, **kwargs)
        as_prices(self, "unit_price")
        as_dates_are_shown(self)
        in_grid(self, form_id)

    clean_before = NewRowForm.clean_before

    def clean(self):
        answer = super().clean()
        date_new_row(self, answer)
        return answer


class NewAdditionalRowForm(AdditionalFields, NewFields):
    pass


class NewTotalRowForm(TotalFields, NewFields):
    pass


class NewTextRowForm(TextFields, NewFields):
    pass


class EditedFields(OperationForm):
    """A row of another type being edited in the grid."""

    asks = asks_to_follow = False
    version = VersionField()

    @property
    def unasked(self):
        return () if self.asks_to_follow else ("follow",)

    def __init__(self, *args, row, form_id="", **kwargs):
        self.row = row
        initial = {name: getattr(row, name) for name in self.base_fields if hasattr(row, name)}
        kwargs.setdefault("initial", initial | {"unit": row.unit.code if row.unit_id else ""})
        super().__init__(*args, **kwargs)
        as_prices(self, "unit_price", row=row)
        as_dates_are_shown(self)
        in_grid(self, form_id)


class AdditionalRowForm(AdditionalFields, EditedFields):
    follow = follow_choice()

    def clean(self):
        answer = super().clean()
        check_date(self, answer)
        return answer


class TotalRowForm(TotalFields, EditedFields):
    pass


class TextRowForm(TextFields, EditedFields):
    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        self.initial["formatted"] = for_editor(row.formatted)


class NewTextBelowForm(TextFields):
    """A text below a main row."""


class SignatureForm(OperationForm):
    """One's own signature; nothing takes it away."""

    text = TextFormField(label=_("Signature"), max_length=1000, multiline=True, required=False)


NEW = {
    RowType.PART: NewRowForm,
    RowType.ADDITIONAL: NewAdditionalRowForm,
    RowType.TOTAL: NewTotalRowForm,
    RowType.TEXT: NewTextRowForm,
}
EDITED = {
    RowType.PART: RowForm,
    RowType.ADDITIONAL: AdditionalRowForm,
    RowType.TOTAL: TotalRowForm,
    RowType.TEXT: TextRowForm,
}


def type_of(typed):
    """The row type that was asked for; a part row where it is none."""
    return RowType(int(typed)) if str(typed) in {str(value) for value in RowType.values} else RowType.PART
