"""How many there are of each fictitious part inside another one, in the dialog of its structure.

Another number of a nested one changes what stands below it in proportion; the lines are shown again before the row is
added, so that nothing is added unseen.
"""

from fractions import Fraction

from django.core.exceptions import ValidationError

from erp.register.models import Unit
from erp.register.units import half_up, round_up
from erp.web.fields import QuantityFormField
from sales.nesting import is_in, is_path

MOST_GROUPS = 100
NUMBER = QuantityFormField(required=False)


def groups_in(data):
    """[(number, path)] of the nested fictitious parts that a posted form names."""
    found = [(number, data.get(f"path-{number}", "")) for number in range(MOST_GROUPS)]
    return [(number, path) for number, path in found if is_path(path)]


def scaled_groups(data):
    """(the posted data with the lines of changed nested parts changed in proportion, the paths of these).

    What stands below several of them follows the innermost. A number that is none is left to the form, which says so;
    until it is corrected its lines stand for the number before.
    """
    changed = [(path, times) for number, path in groups_in(data) if (times := _times(data, number)) not in (None, 1)]
    if not changed:
        return data, []
    data, units = data.copy(), {unit.code: unit for unit in Unit.objects.all()}
    for path, times in changed:
        typed = [other for other, _times in changed if _is_below(other, path)]
        for name in _names_below(data, path, but=typed):
            _scale(data, name, times, units.get(data.get(f"unit-{name.partition('-')[2]}", "")))
    for number, _path in groups_in(data):
        if _number(now := data.get(f"group-{number}", "")):
            data[f"was-{number}"] = now
    return data, [path for path, _times in changed]


def _times(data, number):
    """How many times as many of a nested part are wanted now, as a fraction; None where nobody can say."""
    was, now = (_number(data.get(f"{name}-{number}")) for name in ("was", "group"))
    return Fraction(now) / Fraction(was) if was and now else None


def _names_below(data, path, *, but):
    """The names of the quantities below a nested part: of its lines, and of those nested in it.

    What stands in one of ``but`` is left out: its own number was typed.
    """
    for name, within in list(data.items()):
        if name.startswith("within-") and is_in(within, path) and not _is_in_any(within, but):
            yield f"quantity-{name.removeprefix('within-')}"
    for number, inner in groups_in(data):
        if _is_below(inner, path) and not _is_in_any(inner, but):
            yield from (f"group-{number}", f"was-{number}")


def _is_in_any(place, paths):
    return any(is_in(place, path) for path in paths)


def _is_below(place, path):
    return place != path and is_in(place, path)


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
