"""The forms of work centres and routings; their fields are the operations' arguments."""

from django import forms
from django.utils.translation import gettext as _say
from django.utils.translation import gettext_lazy as _

from erp.register.models import Part, PartRevision, PartType
from erp.web.fields import AmountFormField, LookupChoiceField, QuantityFormField, TextFormField
from erp.web.forms import OperationForm, VersionField
from production.forms.orders import VariantsField
from production.models import WorkCentre

ZERO = 0


class WorkCentreForm(OperationForm):
    code = TextFormField(label=_("Code"), max_length=20)
    name = TextFormField(label=_("Name"), max_length=100)
    hourly_rate = AmountFormField(label=_("An hour costs"))
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    @classmethod
    def of(cls, centre, data=None):
        names = ("code", "name", "hourly_rate", "is_active")
        return cls(data, initial={name: getattr(centre, name) for name in names})


class RoutingForm(OperationForm):
    part = LookupChoiceField(
        label=_("Part"), queryset=Part.objects.active().filter(part_type=PartType.MANUFACTURED), lookup="parts"
    )
    revision = TextFormField(label=_("Revision"), max_length=20, required=False, help_text=_("Empty: for all."))

    def clean(self):
        cleaned = super().clean()
        code, part = cleaned.get("revision"), cleaned.get("part")
        cleaned["revision"] = None
        if code and part:
            cleaned["revision"] = PartRevision.objects.filter(part=part, code=code).first()
            if cleaned["revision"] is None:
                self.add_error("revision", _say("%(part)s has no revision %(code)s.") % {"part": part, "code": code})
        return cleaned


class RoutingOperationForm(OperationForm):
    """One operation of a routing, in the grid: in a work centre, or subcontracted."""

    position = forms.IntegerField(label=_("No."), min_value=1, max_value=9999, required=False)
    name = TextFormField(label=_("Operation"), max_length=120)
    work_centre = LookupChoiceField(
        label=_("Work centre"),
        queryset=WorkCentre.objects.active,
        lookup="work-centres",
        to_field_name="code",
        required=False,
    )
    service_part = LookupChoiceField(
        label=_("Subcontracted: service part"),
        queryset=Part.objects.active().filter(part_type=PartType.SERVICE),
        lookup="parts",
        required=False,
    )
    setup_minutes = QuantityFormField(label=_("Set-up minutes"), allow_zero=True, required=False)
    run_minutes = QuantityFormField(label=_("Minutes per piece"), allow_zero=True, required=False)
    variants = VariantsField()
    version = VersionField()

    def __init__(self, *args, routing, form_id, **kwargs):
        super().__init__(*args, auto_id=f"{form_id}-%s", **kwargs)
        self.initial.setdefault("version", routing.version)
        self.fields["position"].widget = forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4})
        for field in self.fields.values():
            field.widget.attrs |= {"form": form_id, "aria-label": field.label}

    @classmethod
    def of(cls, step, data=None):
        names = ("position", "name", "work_centre", "service_part", "setup_minutes", "run_minutes", "variants")
        initial = {name: getattr(step, name) for name in names}
        return cls(data, routing=step.routing, form_id=f"edit-{step.pk}", initial=initial)

    def clean(self):
        cleaned = super().clean()
        for name in ("setup_minutes", "run_minutes"):
            cleaned[name] = cleaned.get(name) or ZERO
        centre, service = cleaned.get("work_centre"), cleaned.get("service_part")
        if not self.errors and (centre is None) == (service is None):
            self.add_error("work_centre", _say("Choose a work centre, or a service part where it is subcontracted."))
        if service and (cleaned["setup_minutes"] or cleaned["run_minutes"]):
            self.add_error("service_part", _say("A subcontracted operation has no minutes of ours."))
        return cleaned
