"""The base of every form that changes something, drawn the same way everywhere."""

from uuid import uuid4

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from erp.web.fields import AmountFormField, IsoDateField, LookupChoiceField, QuantityFormField, TextFormField
from erp.web.opened import NAME as OPENED
from erp.web.opened import opened_in
from erp.web.refusing import refusal_shown

__all__ = [
    "AmountFormField",
    "IsoDateField",
    "LookupChoiceField",
    "OperationForm",
    "QuantityFormField",
    "TextFormField",
    "VersionField",
]

CLASSES = {
    forms.CheckboxInput: "form-check-input",
    forms.CheckboxSelectMultiple: "",
    forms.RadioSelect: "",
    forms.HiddenInput: "",
    forms.Select: "form-select form-select-sm",
}


class FormRenderer(TemplatesSetting):
    form_template_name = "web/_form.html"
    field_template_name = "web/_field.html"


class StyledField(BoundField):
    """A field that knows Bootstrap's class for its widget and whether it is wrong."""

    def build_widget_attrs(self, attrs, widget=None):
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        kind = next((CLASSES[base] for base in type(widget).__mro__ if base in CLASSES), "form-control form-control-sm")
        wrong = "is-invalid" if kind and self.form.is_bound and self.errors else ""
        number = "num" if isinstance(self.field, QuantityFormField) else ""
        if names := " ".join(filter(None, [widget.attrs.get("class"), kind, number, wrong])):
            attrs["class"] = names
        return attrs

    def as_widget(self, widget=None, attrs=None, only_initial=False):  # noqa: FBT002 - the signature is Django's
        """The version is followed by what the form shows (``erp.web.opened``)."""
        html = super().as_widget(widget, attrs, only_initial)
        if not isinstance(self.field, VersionField):
            return html
        form, name = self.form, self.form.add_prefix(OPENED)
        shown = form.data.get(name, "") if form.is_bound else opened_in(form)
        return html + format_html('<input type="hidden" name="{}" value="{}">', name, shown)

    @property
    def is_tick(self):
        return isinstance(self.field.widget, forms.CheckboxInput)


class OperationForm(forms.Form):
    """A form for one operation: its fields are the operation's arguments, its ``key`` makes a second post harmless.

    ``operations.x(**form.cleaned_data, by=request.user, key=form.key)`` is the whole translation. Subclasses for rows
    that people edit declare ``version = VersionField()``, which arrives in ``cleaned_data`` like any argument.
    """

    default_renderer = FormRenderer()
    bound_field_class = StyledField
    use_required_attribute = False
    operation_key = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=uuid4,
        required=False,
        error_messages={"invalid": _("Reload the page and send this form again.")},
    )

    def is_valid(self):
        """Never while what it asked for is refused and it is drawn again as it was typed."""
        return refusal_shown() is None and super().is_valid()

    def full_clean(self):
        super().full_clean()
        if hasattr(self, "cleaned_data"):
            self._key = self.cleaned_data.pop("operation_key", None) or uuid4()

    @property
    def key(self):
        """The key of this form: the one that was posted, or the fresh one that the page will carry."""
        if not self.is_bound:
            return self["operation_key"].initial
        self.errors  # noqa: B018 - reading them cleans the form
        return self._key


class VersionField(forms.IntegerField):
    """The version of the row that the page showed; the operation refuses a stale one."""

    widget = forms.HiddenInput
    default_error_messages = {
        "required": _("Reload the page and send this form again."),
        "invalid": _("Reload the page and send this form again."),
    }

    def __init__(self, **kwargs):
        super().__init__(min_value=0, max_value=2**31 - 1, **kwargs)
