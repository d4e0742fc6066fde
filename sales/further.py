"""What the further columns of a row come to: its own value, or where it is empty the one it inherits."""

from dataclasses import dataclass

from django.db.models import Q

from linkage.serials import in_words
from sales.models import Role, TransactionType
from sales.posting import accounts_in_words, sales_postings
from sales.vat import is_private, prices_with_vat


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The columns of one row as its page shows them."""

    vat_percent: object
    price_with_vat: object
    cn_code: str
    tariff_code: str
    transaction_type: TransactionType | None
    accounts: str
    serials: str
    others: list


OTHERS = [
    "dock",
    "dock_description",
    "storage",
    "kanban_number",
    "manufacturing_reference",
    "delivery_reference",
    "fixed_asset",
]


def facts_of(shown):
    """The Facts of a GridRow; of a row without goods None."""
    row = shown.row
    if not row.is_goods:
        return None
    return Facts(
        vat_percent=shown.money.vat_percent if shown.money else None,
        price_with_vat=prices_with_vat([row])[row.pk] if is_private(row.order.customer) else None,
        cn_code=cn_code_of(row),
        tariff_code=tariff_code_of(row),
        transaction_type=transaction_types_of([row])[row.pk],
        accounts=accounts_in_words(sales_postings([row])).get(row.pk, ""),
        serials=in_words([given.serial.number for given in row.serials.select_related("serial").order_by("pk")]),
        others=[(_label(row, name), value) for name in OTHERS if (value := getattr(row, name))],
    )


def _label(row, name):
    label = str(row._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def cn_code_of(row):
    """The row's own CN code, else its part's; packaging and alloy cost have that of the row that they go with."""
    if row.parent_id and row.role != Role.PART:
        return row.cn_code or cn_code_of(row.parent)
    return row.cn_code or (row.part.cn_code if row.part_id else "")


def tariff_code_of(row):
    return row.tariff_code or (row.part.tariff_code if row.part_id else "")


def transaction_types_of(rows):
    """{row id: its own Intrastat type, else its order type's, else the default one}; None where there is none."""
    types = TransactionType.objects.in_bulk()
    default = next((found for found in types.values() if found.is_default), None)
    return {row.pk: types.get(row.transaction_type_id or _of_order_type(row), default) for row in rows}


def inherited_by(row):
    """{field: what counts for the row while it says nothing itself}; the accounts only where it has none of its own."""
    is_own = row.sales_account_id or row.postings.exists()
    above = row.parent if row.parent_id and row.role != Role.PART else None
    types = TransactionType.objects.filter(Q(pk=_of_order_type(row)) | Q(is_default=True)).order_by("is_default")
    return {
        "sales_account": "" if is_own else accounts_in_words(sales_postings([row])).get(row.pk, ""),
        "tariff_code": row.part.tariff_code if row.part_id else "",
        "cn_code": cn_code_of(above) if above else row.part.cn_code if row.part_id else "",
        "transaction_type": types.first(),
    }


def _of_order_type(row):
    return row.order.order_type.transaction_type_id if row.order.order_type_id else None
