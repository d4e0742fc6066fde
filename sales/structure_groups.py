"""How many there are of each fictitious part inside another one, in the dialog of its structure.

Another number of a nested one changes what stands below it in proportion; the lines are shown again before the row is
added, so that nothing is added unseen.
"""

from fractions import Fraction

from django.core.exceptions import ValidationError

from erp.register.models import Unit
from erp.register.units import half_up, round_up
from erp.web.fields import QuantityFormField

MOST_GROUPS = 100
NUMBER = QuantityFormField(required=False)


def groups_in(data):
    """[(number, path)] of the nested fictitious parts that a posted form names."""
    found = [(number, data.get(f"path-{number}", "")) for number in range(MOST_GROUPS)]
    return [(number, path) for number, path in found if path]


def scaled_groups(data):
    """(the posted data with the lines of changed nested parts changed in proportion, the paths of these).

    A number that is none is left to the form, which says so.
    """
    changed = [(path, times) for number, path in groups_in(data) if (times := _times(data, number)) not in (None, 1)]
    if not changed:
        return data, []
    data, units = data.copy(), {unit.code: unit for unit in Unit.objects.all()}
    for path, times in changed:
        for name in _names_below(data, path):
            _scale(data, name, times, units.get(data.get(f"unit-{name.partition('-')[2]}", "")))
    for number, _path in groups_in(data):
        data[f"was-{number}"] = data.get(f"group-{number}", "")
    return data, [path for path, _times in changed]


def _times(data, number):
    """How many times as many of a nested part are wanted now, as a fraction; None where nobody can say."""
    was, now = (_number(data.get(f"{name}-{number}")) for name in ("was", "group"))
    return Fraction(now) / Fraction(was) if was and now else None


def _names_below(data, path):
    """The names of the quantities below a nested part: of its lines, and of those nested in it."""
    below = f"{path} / "
    for name, within in list(data.items()):
        if name.startswith("within-") and (within == path or within.startswith(below)):
            yield f"quantity-{name.removeprefix('within-')}"
    yield from (f"group-{number}" for number, inner in groups_in(data) if inner.startswith(below))


def _scale(data, name, times, unit):
    old = _number(data.get(name))
    if old:
        new = half_up(Fraction(old) * times)
        is_line = name.startswith("quantity")
        data[name] = NUMBER.prepare_value(round_up(new, unit) if unit and is_line else new)


def _number(text):
    try:
        return NUMBER.clean(text)
    except ValidationError:
        return None
