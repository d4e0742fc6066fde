"""What a form showed when it was opened: so that who is overtaken keeps what others saved in fields left alone.

A form with a version carries a short digest of each of its values. When it comes back stale, a field whose value is
still that of the digest was not touched.
"""

import json
from hashlib import blake2s

from django import forms

NAME = "opened"
LONGEST = 20_000
UNSEEN = {"version", "operation_key"}


def opened_in(form):
    """The digests of the values that a form shows, as JSON."""
    return json.dumps({name: _digest(shown_in(form, name)) for name in form.fields if name not in UNSEEN})


def shown_in(form, name):
    """The value of a field as its input holds it, and sends it if nobody touches it."""
    field, value = form.fields[name], form[name].value()
    if isinstance(field.widget, forms.CheckboxInput):
        return "on" if value else ""
    return _text(field.widget.format_value(value))


def untouched(form, posted):
    """The names of the fields of a posted form that still say what they said when it was opened."""
    try:
        opened = json.loads(posted.get(form.add_prefix(NAME), "")[:LONGEST])
        return [name for name in form.fields if name in opened and opened[name] == _digest(_sent(form, name, posted))]
    except (ValueError, TypeError):
        return []


def _sent(form, name, posted):
    value = form.fields[name].widget.value_from_datadict(posted, {}, form.add_prefix(name))
    return "on" if value is True else _text(value)


def _text(value):
    if isinstance(value, (list, tuple)):
        value = ",".join(str(one) for one in value if one is not None)
    return "" if value in (None, False) else str(value).replace("\r\n", "\n").strip()


def _digest(text):
    return blake2s(text.encode(), digest_size=5).hexdigest()
