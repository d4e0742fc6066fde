"""The form that takes a file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.staging.kinds import kinds
from erp.staging.operations import LoadedBefore, refuse_loaded
from erp.staging.reading.files import MOST_BYTES, MOST_LINES, Unreadable, check_size
from erp.staging.reading.values import Habits
from erp.staging.uploads import plain_file_name, read
from erp.web.forms import OperationForm, TextFormField

FIND_OUT = ("", _("Find out"))


class UploadForm(OperationForm):
    """A file of one kind; how it is written is found out, or said."""

    kind = forms.ChoiceField(label=_("What it holds"))
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.edi,.edifact"}),
        allow_empty_file=True,
        max_length=400,
        help_text=_("CSV or XLSX (customer orders also EDIFACT), at most %(megabytes)d MB and %(lines)d lines.")
        % {"megabytes": MOST_BYTES // 1024 // 1024, "lines": MOST_LINES},
        error_messages={
            "required": _("Choose a file."),
            "missing": _("Choose a file."),
            "invalid": _("Choose a file."),
        },
    )
    encoding = forms.ChoiceField(
        label=_("Encoding of a CSV file"),
        required=False,
        choices=[FIND_OUT, ("utf-8", "UTF-8"), ("cp1252", _("Latin-1 (Western European)")), ("utf-16", "UTF-16")],
    )
    separator = forms.ChoiceField(
        label=_("Between its columns"),
        required=False,
        choices=[FIND_OUT, (";", _("Semicolon")), (",", _("Comma")), ("tab", _("Tab"))],
    )
    decimal = forms.ChoiceField(
        label=_("Decimals are written"), required=False, choices=[FIND_OUT, (".", "12.5"), (",", "12,5")]
    )
    first = forms.ChoiceField(
        label=_("Dates are written"),
        required=False,
        choices=[FIND_OUT, ("day", _("Day first: 31/03/2026")), ("month", _("Month first: 03/31/2026"))],
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (kind.name, kind.title) for kind in kinds().values() if user.has_perm(kind.right)
        ]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("file") is None or self.errors:
            return cleaned
        try:
            self.table = self._read(cleaned)
        except (Unreadable, LoadedBefore) as trouble:
            self.add_error("file", str(trouble))
        return cleaned

    def _read(self, cleaned):
        check_size(cleaned["file"].size)
        separator = {"tab": "\t"}.get(cleaned["separator"], cleaned["separator"])
        kind = kinds()[cleaned["kind"]]
        table = read(cleaned["file"].read(), kind=kind, encoding=cleaned["encoding"], separator=separator)
        refuse_loaded(kind.name, table)
        return table

    def arguments(self):
        """What ``operations.stage`` takes."""
        cleaned = self.cleaned_data
        return {
            "kind": cleaned["kind"],
            "file_name": plain_file_name(cleaned["file"].name),
            "file": self.table,
            "size": cleaned["file"].size,
            "said": Habits(decimal=cleaned["decimal"], first=cleaned["first"]),
        }


class DiscardForm(OperationForm):
    reason = TextFormField(required=False, max_length=200, label=_("Reason"))
