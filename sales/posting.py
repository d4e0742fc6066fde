"""How rows are posted: as somebody distributed them, else as the posting matrix says."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from erp.register import settings_registry
from sales.models import Account, AccountType, PostingRule, RowPosting

WHOLE = Decimal(100)
EXTRA = {
    AccountType.SETUP: "posting_setup",
    AccountType.MATERIAL: "posting_material",
    AccountType.STOCK: "posting_stock",
}
COSTS = [AccountType.MATERIAL, AccountType.STOCK]  # what they post is no price but what goods cost


@dataclass(frozen=True, kw_only=True)
class Posting:
    """A share of a row on an account; ``values`` is {dimension id: DimensionValue}."""

    account_type: str = AccountType.SALES
    account: Account | None = None
    share: Decimal = WHOLE
    specification: str = ""
    values: dict = field(default_factory=dict)


def account_types():
    """The account types that rows are posted to: sales always, the others by setting."""
    on = settings_registry.get_many(*EXTRA.values())
    return [AccountType.SALES, *(kind for kind, name in EXTRA.items() if on[name])]


class Postings:
    """The postings of rows, in a constant number of statements."""

    def __init__(self, rows):
        self.types = account_types()
        rules = PostingRule.objects.select_related("account").prefetch_related("values__value")
        self._rules = {(rule.account_type, rule.part_group_id, rule.order_type_id): rule for rule in rules}
        self._accounts = Account.objects.in_bulk({row.sales_account_id for row in rows} - {None})
        self._own = defaultdict(list)
        own = RowPosting.objects.filter(row__in=[row.pk for row in rows if row.pk])
        for posting in own.select_related("account").prefetch_related("values__value").order_by("pk"):
            self._own[posting.row_id, posting.account_type].append(_as_distributed(posting))

    def of(self, row):
        """[Posting] of a row, the sales account's first."""
        return [posting for kind in self.types for posting in self.of_type(row, kind)]

    def of_type(self, row, kind):
        """As somebody distributed it; the row's own account on the whole; else what the matrix says."""
        return self._own.get((row.pk, kind)) or [self.default(row, kind)]

    def default(self, row, kind):
        rule = self._rule(row, kind)
        own = self._accounts.get(row.sales_account_id) if kind == AccountType.SALES else None
        values = {found.dimension_id: found.value for found in rule.values.all()} if rule else {}
        return Posting(account_type=kind, account=own or (rule.account if rule else None), values=values)

    def _rule(self, row, kind):
        """The line of part group and order type, else of the part group, else of the order type, else of all."""
        group, order_type = row.part.group_id if row.part_id else None, row.order.order_type_id
        keys = ((group, order_type), (group, None), (None, order_type), (None, None))
        return next((self._rules[kind, *key] for key in keys if (kind, *key) in self._rules), None)


def _as_distributed(posting):
    return Posting(
        account_type=posting.account_type,
        account=posting.account,
        share=posting.share,
        specification=posting.specification,
        values={found.dimension_id: found.value for found in posting.values.all()},
    )


def accounts_are_mandatory():
    return settings_registry.get("sales_account_mandatory")


def without_account(rows):
    """{row id: the sentence} of open rows that need a sales account and have none; nothing where none is needed."""
    if not accounts_are_mandatory():
        return {}
    goods = [row for row in rows if row.is_goods and not row.is_closed and not row.is_of_kit]
    postings = Postings(goods)
    return {
        row.pk: "Give the row a sales account."
        for row in goods
        if any(posting.account is None for posting in postings.of_type(row, AccountType.SALES))
    }


def sales_postings(rows):
    """{row id: its Postings to sales accounts} of goods."""
    goods = [row for row in rows if row.is_goods]
    postings = Postings(goods)
    return {row.pk: postings.of_type(row, AccountType.SALES) for row in goods}


def accounts_in_words(postings):
    """{row id: the sales accounts it is posted to, in words}, of ``sales_postings``."""
    return {pk: ", ".join(str(one.account) for one in mine if one.account) for pk, mine in postings.items()}


def values_in_words(postings, dimension):
    """{row id: the values of the dimension, in words}, of ``sales_postings``."""
    return {pk: _values_in_words(mine, dimension) for pk, mine in postings.items()}


def _values_in_words(postings, dimension):
    values = [one.values[dimension.pk].code for one in postings if dimension.pk in one.values]
    return ", ".join(dict.fromkeys(values))
