"""The further columns of a row: what a new row may say of them, and what is refused."""

from dataclasses import dataclass

from erp.exceptions import Refused
from sales.models import Account, FixedAsset, SalesOrderRow, TransactionType, VatCode


@dataclass(frozen=True, kw_only=True)
class NewFurther:
    """What a new row says of them; without a VAT code it gets that of the customer's group."""

    vat_code: VatCode | None = None
    sales_account: Account | None = None
    dock: str = ""
    dock_description: str = ""
    storage: str = ""
    kanban_number: str = ""
    manufacturing_reference: str = ""
    delivery_reference: str = ""
    tariff_code: str = ""
    cn_code: str = ""
    transaction_type: TransactionType | None = None
    in_invoicing_plan: bool = False
    fixed_asset: FixedAsset | None = None


def check_free_asset(new):
    """An unsold fixed asset is for one new row only."""
    if new.fixed_asset:
        _check_asset(new.fixed_asset, row=None)


def check_further(row, changes):
    """Refuse what a change of the further columns may not say; the asset that the row has already stays."""
    asset = changes.get("fixed_asset")
    if asset and not SalesOrderRow.objects.filter(pk=row.pk, fixed_asset=asset).exists():
        _check_asset(asset, row=row)


def free_assets(rows):
    """Rows that are called off sell nothing: their fixed assets may stand on other rows."""
    holding = [row for row in rows if row.fixed_asset_id]
    for row in holding:
        row.fixed_asset = None
    SalesOrderRow.objects.bulk_update(holding, ["fixed_asset"])


def _check_asset(asset, *, row):
    """Only what is unsold and on no other row, neither itself nor with its main object or what belongs to it."""
    if asset.sold_on:
        raise Refused(f"{asset} was sold on {asset.sold_on}.")
    related = [asset.pk, asset.main_id, *asset.sub_objects.values_list("pk", flat=True)]
    others = SalesOrderRow.objects.filter(fixed_asset__in=[pk for pk in related if pk])
    other = others.exclude(pk=row.pk if row else None).select_related("order__document", "fixed_asset").first()
    if other is None:
        return
    if other.fixed_asset_id == asset.pk:
        raise Refused(f"{asset} is on {other} already.")
    raise Refused(f"{asset} is sold along with {other.fixed_asset}, which is on {other} already.")
