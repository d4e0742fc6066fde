"""What an operation would refuse is said at the field that it is about, beside everything else that was typed."""

from erp.exceptions import Refused


def refused_at(form, name, check, *facts):
    """Run a check of an operation for a field; whether it refused, and the sentence stands there."""
    try:
        check(*facts)
    except Refused as refusal:
        form.add_error(name, str(refusal))
        return True
    return False
