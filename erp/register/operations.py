"""Everything that changes the register other than plain upkeep in the admin.

Each function is one transaction that checks, writes and keeps who did it. The
register knows no links, so nothing here locks.
"""

from django.db import transaction
from django.db.models import JSONField, Value

from erp.exceptions import Refused
from erp.register import settings_registry
from erp.register.history import recording
from erp.register.models import Setting
from erp.register.roles import has_role


@transaction.atomic
def change_setting(*, name, value, by):
    """Change one setting; the old and the new value, who and when stay in its history. Returns the typed value."""
    definition = settings_registry.definition_of(name)
    if not has_role(by, definition.role):
        raise Refused(f"Only the role {definition.role} may change {definition.label}.")
    cleaned = definition.clean(value)

    with recording(by=by, operation="change_setting"):
        value = Value(definition.to_json(cleaned), JSONField())  # None is JSON's null: "no limit" is a value too
        Setting.objects.update_or_create(name=name, defaults={"value": value})
    return cleaned
