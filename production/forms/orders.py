"""The forms of production; their fields are the operations' arguments."""

from decimal import Decimal

from django import forms
from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext as _say
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.register.models import Part, Partner, PartRevision, User, Warehouse
from erp.register.units import check_fits
from erp.web.fields import IsoDateField, LookupChoiceField, PostingDateField, QuantityFormField, TextFormField
from erp.web.forms import OperationForm, VersionField
from linkage.models import Document
from linkage.models.positions import DocumentKind
from linkage.operations.pieces import some
from linkage.serial_fields import SerialsField, ask_for_numbers
from production.explosion import codes_of
from production.models import Bom, BomRow, Layout, ProductionOrderType
from production.queries.boms import path_down
from production.queries.carried import CARRIED, bound_demand_of, row_bound_to

NEW_ORDER_ROWS = 6
ZERO = Decimal(0)


class BomChoiceField(LookupChoiceField):
    """An active BOM, by the number of its part; that of one revision by number and revision, as its page is called."""

    def __init__(self, **kwargs):
        super().__init__(queryset=_boms, lookup="parts", to_field_name="called", **kwargs)

    def prepare_value(self, value):
        return str(value) if isinstance(value, Bom) else value


def _boms():
    of_revision = Concat("part__number", Value(" "), "revision__code")
    called = Case(When(revision=None, then=F("part__number")), default=of_revision)
    return Bom.objects.active().select_related("part__unit", "revision").annotate(called=called)


def _people():
    return User.objects.filter(is_active=True).order_by("last_name", "username")


def _sales_documents():
    return Document.objects.filter(kind=DocumentKind.SALES)


def _check_fits(form, name, unit):
    """Say beside a quantity that it has more decimals than its unit allows."""
    quantity = form.cleaned_data.get(name)
    try:
        if quantity is not None:
            check_fits(unit, quantity)
    except Refused as refusal:
        form.add_error(name, str(refusal))


class CountedForm(OperationForm):
    """A form whose ``counted`` quantities are all of one unit."""

    counted = ("quantity",)

    def __init__(self, *args, unit, **kwargs):
        super().__init__(*args, **kwargs)
        self.unit = unit

    def clean(self):
        super().clean()
        for name in self.counted:
            _check_fits(self, name, self.unit)
        return self.cleaned_data


class ReasonForm(OperationForm):
    reason = TextFormField(label=_("Reason"), required=False)


class PressForm(OperationForm):
    """A button that refuses when the order changed since its page was shown."""

    version = VersionField(required=False)


class HoldForm(OperationForm):
    reason = TextFormField(label=_("Reason"))


class HeaderFields(OperationForm):
    """What a header says beside its dates."""

    order_type = forms.ModelChoiceField(
        label=_("Order type"),
        queryset=ProductionOrderType.objects.active(),
        required=False,
        help_text=_("Empty: none."),
    )
    employee = forms.ModelChoiceField(label=_("Employee"), queryset=User.objects.none(), required=False)
    customer = LookupChoiceField(
        label=_("Customer"), queryset=Partner.objects.customers(), lookup="customers", required=False
    )
    sales_document = LookupChoiceField(
        label=_("Sales order"), queryset=_sales_documents, lookup="sales-orders", required=False
    )
    project = TextFormField(label=_("Project"), max_length=60, required=False)
    goods_label = TextFormField(label=_("Goods label"), max_length=60, required=False)
    note = TextFormField(label=_("Note"), max_length=2000, multiline=True, required=False)
    layout = forms.ChoiceField(label=_("Layout of the printed order"), choices=Layout.choices, required=False)

    def clean_layout(self):
        return self.cleaned_data["layout"] or Layout.SHOP

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["employee"].queryset = _people()


class HeaderForm(HeaderFields):
    version = VersionField()

    @classmethod
    def of(cls, order, data=None):
        """What is carried over from the sales row that the order is bound to can only be read."""
        said = {name: getattr(order, name) for name in cls.base_fields if hasattr(order, name)}
        form = cls(data, initial=said)
        form.fields["order_type"].queryset |= ProductionOrderType.objects.filter(pk=order.order_type_id)
        unsent = [name for name in CARRIED if data is not None and name not in data]  # it was bound when it was opened
        for name in CARRIED if row_bound_to(order) else unsent:
            form.fields[name].disabled = True
            form.fields[name].help_text = _("Changed on the customer order.")
        return form


class NewOrderForm(HeaderFields):
    """Production orders for several BOMs at once: numbered pairs of BOM and quantity, empty pairs left out."""

    warehouse = LookupChoiceField(
        label=_("Warehouse"),
        queryset=Warehouse.objects.filter(is_active=True),
        lookup="warehouses",
        to_field_name="code",
    )
    start_date = IsoDateField(label=_("Start date"), required=False)
    finish_date = IsoDateField(
        label=_("Expected finish"), required=False, help_text=_("Without dates the order starts today.")
    )
    field_order = ["warehouse", "start_date", "finish_date"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["order_type"].help_text = _("Empty: your own.")
        for number in range(1, NEW_ORDER_ROWS + 1):
            self.fields[f"bom_{number}"] = BomChoiceField(label=_("BOM of part"), required=False)
            self.fields[f"quantity_{number}"] = QuantityFormField(label=_("Quantity"), required=False)
            for name in ("bom", "quantity"):
                field = self.fields[f"{name}_{number}"]
                field.widget.attrs["aria-label"] = f"{field.label} {number}"

    @property
    def header(self):
        return [field for field in self.visible_fields() if not field.name.startswith(("bom_", "quantity_"))]

    @property
    def pairs(self):
        return [(self[f"bom_{number}"], self[f"quantity_{number}"]) for number in range(1, NEW_ORDER_ROWS + 1)]

    def clean(self):
        cleaned = super().clean()
        items = []
        for number in range(1, NEW_ORDER_ROWS + 1):
            if bom := cleaned.get(f"bom_{number}"):
                _check_fits(self, f"quantity_{number}", bom.part.unit)
            bom, quantity = cleaned.pop(f"bom_{number}", None), cleaned.pop(f"quantity_{number}", None)
            wrong = {f"bom_{number}", f"quantity_{number}"} & set(self.errors)
            if bom and quantity:
                items.append((bom, quantity))
            elif bom and not wrong:
                self.add_error(f"quantity_{number}", _say("Enter a quantity."))
            elif quantity and not wrong:
                self.add_error(f"bom_{number}", _say("Choose a BOM."))
        if not items and not self.errors:
            self.add_error("bom_1", _say("Choose at least one BOM."))
        cleaned["items"] = items
        return cleaned


class FinishForm(CountedForm):
    counted = ("quantity", "scrapped")
    quantity = QuantityFormField(label=_("Made"), allow_zero=True)
    scrapped = QuantityFormField(label=_("Scrapped"), allow_zero=True, required=False)
    reason = TextFormField(label=_("Reason of the scrap"), required=False)
    effective_on = PostingDateField(label=_("Date"))

    def __init__(self, *args, supply, **kwargs):
        super().__init__(*args, unit=supply.part.unit, **kwargs)
        ask_for_numbers(self, {"": supply})

    def clean_scrapped(self):
        return self.cleaned_data["scrapped"] or ZERO

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("scrapped") and cleaned.get("reason") == "":
            self.add_error("reason", _say("Say why it was scrapped."))
        if cleaned.get("quantity") == 0 and cleaned.get("scrapped") == 0:
            self.add_error("quantity", _say("Enter a quantity made or scrapped above 0."))
        return cleaned


class OperationReportForm(CountedForm):
    """Good ones, scrap and time of one operation; ``finish_line`` only where it is the last."""

    counted = ("quantity", "scrapped")
    quantity = QuantityFormField(label=_("Good"), allow_zero=True, required=False)
    scrapped = QuantityFormField(label=_("Scrapped"), allow_zero=True, required=False)
    reason = TextFormField(label=_("Reason of the scrap"), required=False)
    minutes = QuantityFormField(label=_("Minutes"), allow_zero=True, required=False)
    effective_on = PostingDateField(label=_("Date"))
    finish_line = forms.BooleanField(label=_("The good ones are finished goods"), required=False)

    def __init__(self, *args, supply, is_last, **kwargs):
        super().__init__(*args, unit=supply.part.unit, **kwargs)
        if is_last:
            ask_for_numbers(self, {"": supply})
        else:
            del self.fields["finish_line"]

    def clean(self):
        cleaned = super().clean()
        wrong = set(self.errors)
        for name in ("quantity", "scrapped", "minutes"):
            cleaned[name] = cleaned.get(name) or ZERO
        if cleaned["scrapped"] and cleaned.get("reason") == "":
            self.add_error("reason", _say("Say why it was scrapped."))
        if not wrong and not (cleaned["quantity"] or cleaned["scrapped"] or cleaned["minutes"]):
            self.add_error("quantity", _say("Enter a quantity, scrap or minutes above 0."))
        return cleaned


class LineForm(CountedForm):
    quantity = QuantityFormField(label=_("Quantity"))
    start_date = IsoDateField(label=_("Start date"), required=False)
    finish_date = IsoDateField(label=_("Finish date"))
    version = VersionField()

    @classmethod
    def of(cls, line, data=None):
        """The quantity of a line that is bound can only be read; one typed before that is refused by the operation."""
        form = cls._of(line, data)
        demand = bound_demand_of(line)
        if data is not None:
            form.fields["quantity"].disabled = "quantity" not in data  # it was bound when it was opened
        elif demand:
            form.fields["quantity"].disabled = True
            words = _("Bound to %(demand)s: change the quantity there, split, hand over or disconnect.")
            form.fields["quantity"].help_text = words % {"demand": demand}
        return form

    @classmethod
    def _of(cls, line, data):
        return cls(
            data,
            unit=line.supply.part.unit,
            initial={
                "quantity": line.supply.quantity,
                "start_date": line.start_date,
                "finish_date": line.supply.due_date,
                "version": line.order.version,
            },
        )


class ComponentForm(OperationForm):
    part = LookupChoiceField(label=_("Part"), queryset=Part.objects.active().select_related("unit"), lookup="parts")
    quantity_per = QuantityFormField(label=_("Quantity per piece"), allow_zero=True, required=False)
    fixed_quantity = QuantityFormField(label=_("Fixed quantity"), allow_zero=True, required=False)

    def clean(self):
        cleaned = super().clean()
        for name in ("quantity_per", "fixed_quantity"):
            cleaned[name] = cleaned.get(name) or ZERO
        if part := cleaned.get("part"):
            _check_fits(self, "fixed_quantity", part.unit)
        if not self.errors and not (cleaned["quantity_per"] or cleaned["fixed_quantity"]):
            self.add_error("quantity_per", _say("Enter a quantity above 0."))
        return cleaned


class IssueForm(CountedForm):
    """So much of a component, and which pieces where some on the shelf have a number."""

    quantity = QuantityFormField(label=_("Quantity"))
    effective_on = PostingDateField(label=_("Date"))

    def __init__(self, *args, pieces=(), **kwargs):
        super().__init__(*args, **kwargs)
        if pieces:
            there = _("On the shelf: %(numbers)s.") % {"numbers": some(pieces)}
            self.fields["serials"] = SerialsField(help_text=there)


class BuyForm(OperationForm):
    """What to buy for an order: quantity and supplier per short component; a quantity left empty is not bought."""

    def __init__(self, *args, short, suppliers, **kwargs):
        super().__init__(*args, **kwargs)
        self.short = short
        for demand, quantity in short:
            self.fields[f"quantity_{demand.pk}"] = QuantityFormField(
                label=_("Quantity of %(part)s") % {"part": demand.part}, initial=quantity, required=False
            )
            self.fields[f"supplier_{demand.pk}"] = LookupChoiceField(
                label=_("Supplier of %(part)s") % {"part": demand.part},
                queryset=Partner.objects.suppliers(),
                lookup="suppliers",
                initial=suppliers.get(demand.part_id),
                required=False,
            )

    @staticmethod
    def asked(data):
        """The ids of the demands that a posted form has a quantity for; they are answered, short or not any more."""
        names = [name.partition("quantity_")[2] for name, text in data.items() if text]
        return [int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 19]

    @property
    def rows(self):
        return [
            (demand, quantity, self[f"quantity_{demand.pk}"], self[f"supplier_{demand.pk}"])
            for demand, quantity in self.short
        ]

    def arguments(self):
        """``quantities`` and ``suppliers`` by demand id."""
        quantities, suppliers = {}, {}
        for demand, _quantity in self.short:
            if wanted := self.cleaned_data[f"quantity_{demand.pk}"]:
                quantities[demand.pk] = wanted
                if supplier := self.cleaned_data[f"supplier_{demand.pk}"]:
                    suppliers[demand.pk] = supplier
        return {"quantities": quantities, "suppliers": suppliers}


class StockingForm(CountedForm):
    quantity = QuantityFormField(
        label=_("Quantity"), allow_negative=True, help_text=_("A negative quantity takes finished goods apart again.")
    )
    warehouse = LookupChoiceField(
        label=_("Warehouse"),
        queryset=Warehouse.objects.filter(is_active=True),
        lookup="warehouses",
        to_field_name="code",
    )
    reason = TextFormField(label=_("Reason"), required=False)


class BomForm(OperationForm):
    part = LookupChoiceField(label=_("Part"), queryset=Part.objects.active(), lookup="parts")
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


class VariantsField(TextFormField):
    """The variant codes that something is limited to, with commas between."""

    def __init__(self):
        super().__init__(label=_("Variants"), max_length=200, required=False)

    def clean(self, value):
        return ", ".join(codes_of(super().clean(value)))


class BomRowForm(OperationForm):
    """One row of a BOM, in the grid. ``scrap`` is entered in per cent."""

    component = LookupChoiceField(
        label=_("Component"), queryset=Part.objects.active().select_related("unit"), lookup="parts"
    )
    quantity_per = QuantityFormField(label=_("Quantity per piece"))
    fixed_quantity = QuantityFormField(label=_("Fixed quantity"), allow_zero=True, required=False)
    scrap = QuantityFormField(label=_("Scrap %"), allow_zero=True, required=False)
    valid_from = IsoDateField(label=_("Valid from"), required=False)
    valid_to = IsoDateField(label=_("Valid to"), required=False)
    variants = VariantsField()
    version = VersionField()

    def __init__(self, *args, bom, form_id, **kwargs):
        super().__init__(*args, auto_id=f"{form_id}-%s", **kwargs)
        self.bom = bom
        self.initial.setdefault("version", bom.version)
        for field in self.fields.values():
            field.widget.attrs |= {"form": form_id, "aria-label": field.label}

    @classmethod
    def of(cls, row, data=None):
        names = [field.name for field in BomRow._meta.fields if field.name in cls.base_fields]
        initial = {name: getattr(row, name) for name in names} | {"scrap": row.scrap * 100}
        return cls(data, bom=row.bom, form_id=f"edit-{row.pk}", initial=initial)

    def clean_fixed_quantity(self):
        return self.cleaned_data["fixed_quantity"] or ZERO

    def clean_scrap(self):
        share = round((self.cleaned_data["scrap"] or ZERO) / 100, 6)
        if share >= 1:
            raise forms.ValidationError(_say("Scrap is below 100 %."))
        return share

    def clean(self):
        cleaned = super().clean()
        first, last, component = (cleaned.get(name) for name in ("valid_from", "valid_to", "component"))
        if first and last and last < first:
            self.add_error("valid_to", _say("The last day lies before the first."))
        if component:
            _check_fits(self, "fixed_quantity", component.unit)
        if component and (path := path_down(component, self.bom.part)):
            way = " → ".join([self.bom.part.number, *path])
            self.add_error("component", _say("A part cannot contain itself: %(way)s.") % {"way": way})
        return cleaned
