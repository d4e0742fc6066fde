"""Forms of fictitious parts: the structure of a new row, a part more below a row, and their rows being edited."""

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from erp.exceptions import Refused
from erp.register import settings_registry
from erp.register.models import Part, Unit
from erp.register.units import plain
from erp.web.fields import IsoDateField, PercentFormField, QuantityFormField, TextFormField
from erp.web.forms import OperationForm
from sales.forms.parts import NewRowForm, RowForm, box_of, unit_choice
from sales.nesting import is_in, numbers_of, paths_to, text_of
from sales.operations import new_part
from sales.operations.boxes import BOX_SETTINGS, box_setting, has_box
from sales.operations.restructuring import open_parts, seen_of
from sales.pricing import costs_its_parts
from sales.structure_groups import MOST_GROUPS, groups_in
from sales.units import UnitsOfRows

MOST_LINES = 500
VARIANT = {"max_length": 120, "required": False}


def variant_field(**kwargs):
    return TextFormField(label=_("Variant code"), **VARIANT, **kwargs)


class StructureForm(OperationForm):
    """The parts of a new fictitious part, line by line, and the one day on which all of them are delivered.

    ``lines``: {part, quantity, unit, within} each to begin with; a bound form has as many as its ``lines`` says. With
    ``opens`` parts can be added, left out and discounted.
    """

    worth = None  # what the lines come to, where somebody has reckoned it

    delivery_date = IsoDateField(label=_("Delivery date of all parts"), required=False)
    variant = variant_field()
    lines = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_LINES, required=False)

    def __init__(self, data=None, *, row, lines=(), groups=None, opens=True, more=0, **kwargs):
        super().__init__(data, auto_id="id_structure_%s", **kwargs)  # the new row stands on the same page
        self.row, self.opens, self.by_parts = row, opens, costs_its_parts()
        self.count = min((_count(data) if data is not None else len(lines)) + more, MOST_LINES)
        self.initial |= {"lines": self.count}
        if "delivery_date" in self.fields:
            self.fields["delivery_date"].widget.attrs["autofocus"] = True
        for number in range(self.count):
            self._add_line(number, lines[number] if number < len(lines) else {})
        self.groups = {}
        if opens:
            posted = data is not None
            found = groups_in(data) if posted else list(enumerate(list(groups or {})[:MOST_GROUPS]))
            for number, path in found:
                self._add_group(number, path, data.get(f"was-{number}", "") if posted else groups[path])

    def _add_group(self, number, path, was):
        """How many of a nested fictitious part: ``was`` is the number that its lines were reckoned for."""
        label = _("Quantity of %(part)s") % {"part": path}
        self.fields[f"group-{number}"] = field = QuantityFormField(required=False, initial=was)
        field.widget.attrs["aria-label"] = label
        self.groups[path] = {"number": number, "was": field.prepare_value(was)}

    def _add_line(self, number, line):
        units = [(code, code) for code in self._units]
        fields = {
            "part": TextFormField(max_length=40, required=False, initial=line.get("part", "")),
            "within": TextFormField(required=False, initial=line.get("within", "")),
            "quantity": QuantityFormField(required=False, initial=line.get("quantity")),
            "unit": forms.ChoiceField(choices=[("", ""), *units], required=False, initial=line.get("unit", "")),
            "variant": TextFormField(**VARIANT, initial=line.get("variant", "")),
        }
        if self.opens:
            discount = PercentFormField(required=False, allow_negative=True, initial=line.get("discount"))
            fields |= {"discount": discount, "drop": forms.BooleanField(required=False)}
        for name, field in fields.items():
            field.widget.attrs["aria-label"] = f"{LABELS[name]}, {number + 1}"
            self.fields[f"{name}-{number}"] = field
        self._shape(number, fields)

    def _shape(self, number, fields):
        """A line from the BOM keeps its part; one that is added chooses it, and where it stands."""
        if self._value("part", number) and not self._is_added(number):
            fields["part"].widget = forms.HiddenInput()
            fields["within"].widget = forms.HiddenInput()
        else:
            fields["part"].widget.attrs |= {"data-lookup-url": "/lookup/parts/", "autocomplete": "off"}
            paths = sorted({self._value("within", other) for other in range(number)} - {""})
            choice = forms.Select(choices=[("", self.row["part"].number), *((path, path) for path in paths)])
            fields["within"].widget = choice if paths else forms.HiddenInput()

    def _is_added(self, number):
        return self.is_bound and f"added-{number}" in self.data

    def _value(self, name, number):
        field = f"{name}-{number}"
        return self.data.get(field, "") if self.is_bound else self.fields[field].initial or ""

    @cached_property
    def _units(self):
        return {unit.code: unit for unit in Unit.objects.all()}

    @cached_property
    def _parts(self):
        """{number in small letters: part} of all that the lines name, read at once."""
        numbers = {str(self._value("part", number)).strip() for number in range(self.count)} - {""}
        numbers |= {_last(path) for path in self.groups}
        found = Part.objects.active().filter(number__in=numbers | {text.upper() for text in numbers})
        return {part.number.lower(): part for part in found.select_related("unit", "default_warehouse")}

    @property
    def table(self):
        """Per line: its inputs, the part's name, and the headings above it where another fictitious part begins.

        One with another fictitious part among its lines has two: its number is asked for above the first, and above
        that one's where it has no other lines.
        """
        before, asked = "", set()
        for number in range(self.count):
            within = self._value("within", number)
            added = self._is_added(number) or not self._value("part", number)
            part = self._parts.get(str(self._value("part", number)).strip().lower())
            heading = within if within != before and not added else ""
            groups = self._inner(heading, asked)
            asked |= {group["path"] for group in groups}
            before = before if added else within
            inputs = {name: self[f"{name}-{number}"] for name in LABELS if f"{name}-{number}" in self.fields}
            yield {
                "number": number,
                "known": part,
                "heading": heading,
                "groups": groups,
                "is_asked": heading in [group["path"] for group in groups],
                "added": added,
                "depth": within.count(" / ") + 1 if within else 0,
                "row": self.row_of(number),
                "worth": self.worth and self.worth.lines.get(number),
                **inputs,
            }

    def row_of(self, number):
        """The saved row that a line stands for; a new structure has none."""

    def _group(self, path):
        """What stands above the lines of a nested fictitious part: its part, and how many of it there are."""
        facts = self.groups[path]
        part = self._parts.get(_last(path).lower())
        return {"path": path, "part": part, "field": self[f"group-{facts['number']}"], **facts}

    def clean(self):
        answer = super().clean()
        found = {number: self._line(number, answer) for number in range(self.count)}
        self.news = {number: line for number, line in found.items() if line}
        if not self.errors and not self.news:
            raise forms.ValidationError(_("Leave at least one part, or take another part number for the row."))
        return answer

    def _line(self, number, answer):
        """The NewRow of a line; None for one that is empty, left out or wrong."""
        value = {name: answer.get(f"{name}-{number}") for name in LABELS}
        typed = (value["part"] or "").strip()
        if not typed or value.get("drop"):
            return None
        part = self._parts.get(typed.lower())
        if why := self._why_not(part, typed):
            self.add_error(f"part-{number}", why)
        elif f"quantity-{number}" in self.errors:  # says why itself
            return None
        elif not value["quantity"]:
            self.add_error(f"quantity-{number}", _("Enter a quantity above 0."))
        else:
            return self._checked(number, part, value)
        return None

    def _why_not(self, part, typed):
        if part is None:
            return _("There is no part “%(number)s”.") % {"number": typed}
        return _("%(part)s is fictitious: add what it is made of.") % {"part": part} if part.is_phantom else ""

    def _checked(self, number, part, value):
        unit = self._units.get(value["unit"]) or part.unit
        try:
            self._conversions.check(part=part, quantity=value["quantity"] or 0, unit=unit)
        except Refused as refusal:
            self.add_error(f"quantity-{number}", str(refusal))
            return None
        within = tuple(filter(None, (value["within"] or "").split(" / ")))
        facts = {"unit": unit, "variant": value["variant"] or "", "discount": value.get("discount")}
        return new_part(part, value["quantity"], within=within, **facts, **self._place(part))

    @property
    def numbers(self):
        """{path: how many} of the nested fictitious parts of which a part stays; one without a number is not said."""
        if not self.is_bound:
            return {path: self.fields[f"group-{one['number']}"].initial for path, one in self.groups.items()}
        typed = {path: self.cleaned_data.get(f"group-{one['number']}") for path, one in self.groups.items()}
        stays = {line.within for line in self.news.values()}
        return {path: number for path, number in typed.items() if number and _holds(path, stays)}

    def _inner(self, within, asked):
        """[what stands above the lines of a place for each nested part that it is in and nobody was asked about yet]"""
        return [self._group(path) for path in paths_to(within) if path in self.groups and path not in asked]

    @property
    def worth_ids(self):
        """Where the figures of the lines stand on the page: only these are swapped when a line is changed."""
        return ",".join(f"#worth-{number}" for number in range(self.count if self.by_parts else 0))

    @cached_property
    def _conversions(self):
        return UnitsOfRows(list(self._parts.values()))

    def _place(self, part):
        """Warehouse as typed on the row, and the box: as typed there, else as the settings say."""
        ticked = self._boxes[box_setting(part)]
        typed = self.row.get("box_typed")
        box = has_box(part) and (typed == "yes" if typed else ticked)
        return {"warehouse": self.row.get("warehouse"), "order_box": box}

    @cached_property
    def _boxes(self):
        return settings_registry.get_many(*BOX_SETTINGS)


LABELS = {
    "part": _("Part"),
    "within": _("Below"),
    "quantity": _("Quantity"),
    "unit": _("Unit"),
    "variant": _("Variant code"),
    "discount": _("Discount %"),
    "drop": _("Leave out"),
}


def _last(path):
    return path.rpartition(" / ")[2]


def _count(data):
    text = data.get("lines", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


class NewPartBelowForm(OperationForm):
    """One part more below the row of a fictitious part."""

    part = NewRowForm.base_fields["part"]
    quantity = QuantityFormField(label=_("Quantity"))
    unit = unit_choice(required=False, empty_label="")
    variant = variant_field()
    discount = PercentFormField(label=_("Discount %"), required=False, allow_negative=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="id_below_%s", **kwargs)  # a new row may stand on the same page

    def clean(self):
        answer = super().clean()
        part, quantity = answer.get("part"), answer.get("quantity")
        if part:
            answer["order_box"] = box_of(part, "")
        if part and quantity:
            answer["unit"] = answer.get("unit") or part.unit
            try:
                UnitsOfRows([part]).check(part=part, quantity=quantity, unit=answer["unit"])
            except Refused as refusal:
                self.add_error("quantity", str(refusal))
        return answer


class StructureOfRowForm(StructureForm):
    """The parts below a row that is there: each line of them names its row, and what was typed before stands in it.

    What is delivered or cancelled is not among them.
    """

    delivery_date = variant = None
    seen = forms.CharField(widget=forms.HiddenInput, max_length=20_000, required=False)

    def __init__(self, data=None, *, row, below, **kwargs):
        self.main = row
        self.delivered = {part.within for part in below if part.is_closed and not part.is_cancelled}
        parts = open_parts(below)
        facts = {"part": row.part, "warehouse": row.warehouse}
        super().__init__(
            data, row=facts, lines=[_line_of(part) for part in parts], groups=numbers_of(row.nested), **kwargs
        )
        self.parts = dict(enumerate(parts)) if data is None else self._named(parts)
        self.initial["seen"] = seen_of(parts)

    def _named(self, parts):
        """{number of a line: the part below the row that it names}"""
        known = {str(part.pk): part for part in parts}
        named = {number: self.data.get(f"row-{number}", "") for number in range(self.count)}
        return {number: known[pk] for number, pk in named.items() if pk in known}

    def row_of(self, number):
        """The part below the row that a line stands for; None for one that is added."""
        return self.parts.get(number)

    def arguments(self):
        """Those of ``change_structure``."""
        lines = [(self.parts.get(number), new) for number, new in self.news.items()]
        gone = [(part, None) for number, part in self.parts.items() if number not in self.news]
        return {"lines": [*gone, *lines], "nested": self._nested(), "seen": self.cleaned_data["seen"]}

    def _nested(self):
        """The numbers that were typed, and those of before where nobody said one and a line stays or is delivered."""
        stays = self.delivered | {line.within for line in self.news.values()}
        before = {path: number for path, number in numbers_of(self.main.nested).items() if _holds(path, stays)}
        return text_of(before | self.numbers)


def _line_of(part):
    """A part below a row as a line of the form begins."""
    discount = part.discount if part.discount or part.discount_locked else None
    facts = {name: getattr(part, name) for name in ("quantity", "variant", "within")}
    return facts | {"part": part.part.number, "unit": part.unit.code, "discount": discount}


def _holds(path, places):
    """Whether something stands in a nested fictitious part, or in one inside it."""
    return any(is_in(place, path) for place in places)


class KitRowForm(RowForm):
    """The row of a fictitious part: another quantity, or as many of another unit, asks whether its parts change too."""

    scale = forms.ChoiceField(
        label=_("Its parts"),
        choices=[("", _("choose")), ("yes", _("change them too")), ("no", _("leave them"))],
        required=False,
    )
    asks_scale = False

    @property
    def unasked(self):
        return (*super().unasked, *(() if self.asks_scale else ("scale",)))

    def clean(self):
        answer = super().clean()
        choice, quantity = answer.pop("scale", ""), answer.get("quantity", self.row.quantity)
        answer["scale"] = {"yes": True, "no": False}.get(choice)
        unit = answer.get("unit") or self.row.unit
        parts = self.row.sub_rows.of_kits().count() if self._is_another(answer, quantity, unit) else 0
        self.asks_scale = bool(parts)
        if parts and not choice and not self.errors:
            sentence = _(
                "%(n)d parts stand below the row. Change them from %(old)s to %(new)s too? Choose and save again."
            )
            counted = [(self.row.quantity, self.row.unit), (quantity, unit)]
            old, new = (f"{plain(count)} {of}" if unit != self.row.unit else plain(count) for count, of in counted)
            self.add_error("quantity", sentence % {"n": parts, "old": old, "new": new})
        return answer

    def _is_another(self, answer, quantity, unit):
        in_another = unit != self.row.unit and "unit" not in self.errors and not answer.get("recalculate")
        return quantity != self.row.quantity or in_another


class PartOfKitForm(RowForm):
    """A part below the row of a fictitious part: dates, row status and priority are those of that row."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("delivery_date", "at_customer_date", "follow", "row_status", "priority"):
            self.fields.pop(name, None)


def edit_form(row, otherwise):
    """The form in which a row of the grid is edited."""
    if row.is_kit:
        return KitRowForm
    return PartOfKitForm if row.is_of_kit else otherwise
