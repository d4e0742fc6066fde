"""What stock there is for rows: the balance, and what of it is disposable in the way that the setting counts.

In the part's base unit. Parts that are not stock-updated have none, unless the setting shows it for every part.
"""

from erp.register import settings_registry
from linkage.queries.balance import balances_of

STOCK, ALL, NONE = "stock", "all", "none"


def are_shown():
    return settings_registry.get("balances_shown") != NONE


def balances_of_rows(rows):
    """{row id: (stock balance, disposable balance)}; the latter is None at the date of a row that has none."""
    settings = settings_registry.get_many("balances_shown", "disposable_balance_mode")
    asked = {row.pk: row for row in rows if _has_balance(row, settings["balances_shown"])}
    places = {pk: (row.part_id, row.warehouse_id, row.delivery_date) for pk, row in asked.items()}
    return balances_of(places, mode=settings["disposable_balance_mode"])


def _has_balance(row, shown):
    return row.is_part and (row.has_stock if shown == STOCK else shown == ALL)


def stock_of_rows(rows, order):
    return {pk: stock for pk, (stock, _disposable) in balances_of_rows(rows).items()}


def disposable_of_rows(rows, order):
    return {pk: disposable for pk, (_stock, disposable) in balances_of_rows(rows).items()}
