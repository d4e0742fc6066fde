"""What a part is called on a new row: in the language of the customer's mailing address, else in the user's."""

from django.conf import settings

from erp.register.models import Address, PartName


def name_rows(rows, *, by):
    """Give unsaved rows whose name nobody typed the name of their part in the first of these languages that has one."""
    rows = [row for row in rows if row.part_id and row.name == row.part.name]
    names = _names_of({row.part_id for row in rows})
    if not names:
        return
    spoken = _spoken_by({row.order.customer for row in rows})
    own = by.language or settings.LANGUAGE_CODE
    for row in rows:
        names.setdefault((row.part_id, settings.LANGUAGE_CODE), row.part.name)
        found = (names.get((row.part_id, language)) for language in (spoken[row.order.customer.pk], own))
        row.name = next(filter(None, found), row.name)


def _names_of(parts):
    found = PartName.objects.filter(part__in=parts) if parts else PartName.objects.none()
    return {(part, language): name for part, language, name in found.values_list("part", "language", "name")}


def _spoken_by(customers):
    """{customer id: the language of its mailing address, else its own}"""
    languages = {customer.pk: customer.language for customer in customers}
    addresses = Address.objects.filter(partner__in=languages, kind="mailing").exclude(language="")
    for address in addresses.order_by("is_default", "-pk"):
        languages[address.partner_id] = address.language
    return languages
