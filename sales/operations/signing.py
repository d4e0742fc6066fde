"""The signature that a user writes below texts to customers."""

from linkage.operation import operation
from sales.models import Signature


@operation
def change_signature(*, text, by):
    """Keep a user's own signature; an empty text takes it away."""
    if not text:
        Signature.objects.filter(user=by).delete()
        return None
    return Signature.objects.update_or_create(user=by, defaults={"text": text})[0]
