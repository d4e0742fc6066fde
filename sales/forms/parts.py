"""Forms of the rows of parts of a sales order; their fields are the arguments of the operations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.register import settings_registry
from erp.register.models import Part, Unit, Warehouse
from erp.register.units import plain
from erp.web.fields import (
    AmountFormField,
    IsoDateField,
    LookupChoiceField,
    PercentFormField,
    QuantityFormField,
    TextFormField,
)
from erp.web.forms import OperationForm, VersionField
from sales.forms.dates import (
    as_dates_are_shown,
    at_customer_field,
    check_date,
    date_new_row,
    follow_choice,
    suggested_field,
)
from sales.forms.prices import RowPriceField, as_prices
from sales.forms.printed import PrintedFields
from sales.forms.transfers import NewTransferField
from sales.models import RowType
from sales.operations.boxes import box_setting, has_box
from sales.operations.dates import asks_when_frozen
from sales.serials import counts_of, miscounted
from sales.statuses import RowStatus
from sales.suggesting import counts_lead_times
from sales.units import UnitsOfRows


def unit_choice(**kwargs):
    """In the grid a short list is quicker than a lookup."""
    return forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.all(), to_field_name="code", **kwargs)


def warehouse_choice(**kwargs):
    return forms.ModelChoiceField(
        label=_("Warehouse"), queryset=Warehouse.objects.filter(is_active=True), to_field_name="code", **kwargs
    )


def revision_field():
    return TextFormField(label=_("Revision"), max_length=20, required=False)


def row_priority():
    return forms.IntegerField(
        label=_("Priority"), required=False, min_value=1, max_value=9, help_text=_("1 goes first. Empty: the order's.")
    )


class NewRowForm(OperationForm):
    """One new row of the grid. What is left empty comes from the part and the order."""

    kind = "part"
    row_type = forms.TypedChoiceField(
        label=_("Row type"), choices=RowType.choices, coerce=int, required=False, empty_value=int(RowType.PART)
    )
    part = LookupChoiceField(
        label=_("Part"),
        queryset=Part.objects.active().select_related("unit", "default_warehouse", "active_revision"),
        lookup="parts",
    )
    name = TextFormField(label=_("Name"), max_length=120, required=False)
    quantity = QuantityFormField(label=_("Quantity"))
    unit = unit_choice(required=False, empty_label="")
    unit_price = RowPriceField(label=_("Price"), required=False, allow_negative=True)
    discount = PercentFormField(label=_("Discount %"), required=False, allow_negative=True)
    delivery_date = IsoDateField(label=_("Delivery date"), required=False)
    at_customer_date = at_customer_field()
    suggested_date = suggested_field()
    warehouse = warehouse_choice(required=False, empty_label="")
    row_status = forms.ChoiceField(label=_("Row status"), choices=RowStatus)
    priority = row_priority()
    revision = revision_field()
    variant = TextFormField(label=_("Variant code"), max_length=120, required=False)
    order_box = forms.ChoiceField(
        label=_("Make its order"),
        choices=[("", _("as set")), ("yes", _("yes")), ("no", _("no"))],
        required=False,
    )
    transfer_profile = NewTransferField()
    before = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**63 - 1)

    def __init__(self, *args, order, form_id="", **kwargs):
        self.order, self.dates_by_part = order, counts_lead_times()
        super().__init__(*args, **kwargs)
        if not self.fields["transfer_profile"].offer(order.document.company):
            del self.fields["transfer_profile"]
        as_prices(self, "unit_price")
        as_dates_are_shown(self)
        in_grid(self, form_id)

    def clean_before(self):
        wanted = self.cleaned_data["before"]
        if wanted is None:
            return None
        row = self.order.rows.filter(pk=wanted).only("position", "parent", "line").first()
        if row is None:
            raise forms.ValidationError(_("The row to insert before is gone. Reload the page."))
        return row

    def clean(self):
        answer = super().clean()
        date_new_row(self, answer)
        part = answer.get("part")
        if part is None:
            return answer
        if answer.get("order_box") == "yes" and not has_box(part):
            self.add_error("order_box", _("No order is made from rows of %(part)s.") % {"part": part})
        answer["order_box"] = box_of(part, answer.get("order_box"))
        _find_revision(self, part, answer)
        _check_unit(self, part, answer.get("unit"))
        _check_quantity(self, part, answer.get("quantity"), answer.get("unit"))
        return answer


class RowForm(OperationForm):
    """One row of the grid being edited. Another unit asks whether to recalculate."""

    kind = "part"
    name = TextFormField(label=_("Name"), max_length=120)
    quantity = QuantityFormField(label=_("Quantity"))
    unit = unit_choice(empty_label=None)
    unit_price = RowPriceField(label=_("Price"), allow_negative=True)
    discount = PercentFormField(label=_("Discount %"), required=False, allow_negative=True)
    delivery_date = IsoDateField(label=_("Delivery date"), required=False)
    warehouse = warehouse_choice(empty_label=None)
    row_status = forms.ChoiceField(label=_("Row status"), choices=RowStatus)
    priority = row_priority()
    revision = revision_field()
    variant = TextFormField(label=_("Variant code"), max_length=120, required=False)
    order_box = forms.BooleanField(label=_("Make its order"), required=False)
    at_customer_date = at_customer_field()
    follow = follow_choice()
    recalculate = forms.ChoiceField(
        label=_("Recalculate"),
        choices=[("", _("choose")), ("yes", _("recalculate")), ("no", _("keep the figure"))],
        required=False,
    )
    version = VersionField()

    def __init__(self, *args, row, form_id="", **kwargs):
        self.row, self.asks, self.asks_to_follow = row, False, False
        initial = {name: getattr(row, name) for name in self.base_fields if hasattr(row, name)}
        kwargs.setdefault("initial", initial | self._codes(row))
        super().__init__(*args, **kwargs)
        if not has_box(row.part):
            del self.fields["order_box"]
        units = UnitsOfRows([row.part]).of(row.part)
        self.fields["unit"].widget.choices = [(unit.code, str(unit)) for unit in units]
        as_prices(self, "unit_price", row=row)
        as_dates_are_shown(self)
        in_grid(self, form_id)

    @staticmethod
    def _codes(row):
        revision = row.revision.code if row.revision_id else ""
        return {"unit": row.unit.code, "warehouse": row.warehouse.code, "revision": revision}

    @property
    def unasked(self):
        """Whether to recalculate is asked only where the unit is another, whether dates follow where the date is."""
        return [name for name, asks in (("recalculate", self.asks), ("follow", self.asks_to_follow)) if not asks]

    def clean_discount(self):
        return self.cleaned_data["discount"] or 0

    def clean(self):
        answer = super().clean()
        check_date(self, answer)
        _find_revision(self, self.row.part, answer)
        unit, choice = answer.get("unit"), answer.pop("recalculate", "")
        if unit is None or unit == self.row.unit:
            _check_quantity(self, self.row.part, answer.get("quantity"), self.row.unit)
            self._check_serials(answer, self.row.unit)
            return answer
        _check_unit(self, self.row.part, unit)
        self.asks = True
        if not choice and not self.errors:
            self.add_error("unit", self._question(unit, answer["quantity"]))
        answer["recalculate"] = choice == "yes"
        self._check_serials(answer, self.row.unit if answer["recalculate"] else unit)
        return answer

    def _check_serials(self, answer, unit):
        """As many pieces as serial numbers, where the row has any; the operation refuses it too."""
        if self.errors or (answer["quantity"], unit) == (self.row.quantity, self.row.unit):
            return
        part, count = self.row.part, counts_of([self.row]).get(self.row.pk)
        pieces = UnitsOfRows([part]).to_base(part=part, quantity=answer["quantity"], unit=unit) if count else None
        if count and pieces != count:
            first = _("Give or take away numbers first, then as many pieces.")
            self.add_error("quantity", f"{miscounted(count, pieces, part)} {first}")

    def _question(self, unit, quantity):
        part, row = self.row.part, self.row
        try:
            would_be = UnitsOfRows([part]).convert(part=part, quantity=quantity, unit=row.unit, to=unit)
        except Refused:  # the conversion of its unit is gone: the figure can only be kept
            return _("Recalculate from %(unit)s to %(to)s? Choose and save again.") % {"unit": row.unit, "to": unit}
        return _("Recalculate %(old)s %(unit)s as %(new)s %(to)s? Choose and save again.") % {
            "old": plain(quantity),
            "unit": row.unit,
            "new": plain(would_be),
            "to": unit,
        }


class RowDetailForm(PrintedFields):
    """What the grid has no room for; of an additional row without what only the register can say."""

    revision = forms.ModelChoiceField(label=_("Revision"), queryset=None, required=False, empty_label=_("None"))
    variant = TextFormField(label=_("Variant code"), max_length=120, required=False)
    at_customer_date = at_customer_field(help_text=_("Empty: the delivery date and the transport time."))
    ordered_on = IsoDateField(label=_("Order date"), required=False, help_text=_("Empty: the order's."))
    follow = follow_choice()
    desired_date = IsoDateField(label=_("Desired date"), required=False)
    initial_date = IsoDateField(label=_("Initial date"), required=False)
    priority = row_priority()
    setup_price = RowPriceField(label=_("Setup price"), required=False)
    standard_price = AmountFormField(
        label=_("Standard price"),
        required=False,
        help_text=_("Of one base unit. Empty: the part's, or as calculated."),
    )
    customer_row_position = TextFormField(label=_("Customer's row position"), max_length=15, required=False)
    customer_order_number = TextFormField(label=_("Customer's order number"), max_length=30, required=False)
    goods_label = TextFormField(label=_("Goods label"), max_length=60, required=False)
    version = VersionField()

    def __init__(self, *args, row, **kwargs):
        self.row, self.asks_to_follow = row, False
        kwargs.setdefault("initial", {name: getattr(row, name) for name in self.base_fields if hasattr(row, name)})
        super().__init__(*args, **kwargs)
        if row.is_part:
            self.fields["revision"].queryset = row.part.revisions.all()
        else:
            del self.fields["revision"], self.fields["goods_label"], self.fields["priority"]
        as_dates_are_shown(self, row)
        if "at_customer_date" not in self.fields or not asks_when_frozen(row.order):
            del self.fields["follow"]
        as_prices(self, "setup_price", row=row)

    def clean(self):
        answer = super().clean()
        check_date(self, answer)
        return answer


def box_of(part, typed):
    """Whether a new row is ticked: as typed, else as the setting says, and only where a box can be."""
    if typed:
        return typed == "yes"
    return has_box(part) and settings_registry.get(box_setting(part))


def _find_revision(form, part, answer):
    """A typed revision is one of the part; on a new row an empty one is the active one, on an old one none."""
    if "revision" not in answer:
        return
    code = answer["revision"]
    known = {revision.code.casefold(): revision for revision in part.revisions.order_by("code")} if code else {}
    answer["revision"] = known.get(code.casefold())
    if code and not answer["revision"]:
        words = {"part": part, "code": code, "known": ", ".join(map(str, known.values()))}
        told = _("%(part)s has no revision %(code)s; it has %(known)s.") if known else _("%(part)s has no revisions.")
        form.add_error("revision", told % words)


def _check_unit(form, part, unit):
    units = UnitsOfRows([part])
    if unit and not units.has(part=part, unit=unit):
        form.add_error("unit", _("%(part)s has no conversion to %(unit)s.") % {"part": part, "unit": unit})


def _check_quantity(form, part, quantity, unit):
    """A quantity that the part's own unit cannot hold is said in its cell; the operation refuses it too."""
    if quantity is None or "unit" in form.errors:
        return
    units = UnitsOfRows([part])
    try:
        units.check(part=part, quantity=quantity, unit=unit or units.default(part))
    except Refused as refusal:
        form.add_error("quantity", str(refusal))


def in_grid(form, form_id):
    """Inputs stand in cells; the form itself in the last one. Labels are read out, not shown."""
    for field in form.fields.values():
        if form_id:
            field.widget.attrs["form"] = form_id
        if not field.widget.is_hidden:
            field.widget.attrs["aria-label"] = field.label
