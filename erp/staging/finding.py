"""Rows of the register by what a file calls them, in one or two queries for a whole column."""

from django.db.models.functions import Upper

from erp.register.models import Part, Unit, Warehouse


class Several:
    """More than one row has this name."""


def found_by(queryset, fields, texts):
    """{text: row, or ``Several``} by the first field that knows the text, exactly or in other letters."""
    found, left = {}, {text for text in texts if text}
    for name in fields:
        found |= _by(queryset.filter(**{f"{name}__in": left}), name, {text: text for text in left})
        left -= set(found)
        if left:
            upper = {text: text.upper() for text in left}
            rows = queryset.annotate(_upper=Upper(name)).filter(_upper__in=upper.values())
            found |= _by(rows, "_upper", upper)
            left -= set(found)
    return found


def _by(rows, name, wanted):
    known = {}
    for row in rows:
        key = getattr(row, name)
        known[key] = Several if key in known else row
    return {text: known[key] for text, key in wanted.items() if key in known}


def parts(texts):
    return found_by(Part.objects.select_related("unit", "default_warehouse__company__calendar"), ["number"], texts)


def units(texts):
    return found_by(Unit.objects.all(), ["code", "name"], texts)


def warehouses(texts):
    return found_by(Warehouse.objects.select_related("company__calendar"), ["code", "name"], texts)


def only_warehouse():
    """The one active warehouse; None if there are several."""
    found = list(Warehouse.objects.filter(is_active=True).select_related("company__calendar")[:2])
    return found[0] if len(found) == 1 else None


def the_one(line, column, found):
    """The row that a line names in a column, None where there is none or several; what is wrong is noted."""
    text = line[column.name]
    row = found.get(text) if text else None
    if text and row is None:
        line.wrong(column.title, f"There is no {column.title.lower()} with this number or name.", read=text)
    elif row is Several:
        line.wrong(column.title, f"Several have this name. Give the {column.title.lower()}'s number.", read=text)
        return None
    return row
