"""What linkage may ask of a purchase row: the owner of supplies of kind purchase."""

from django.urls import reverse

from erp.exceptions import Refused
from erp.register.roles import may
from erp.register.units import from_base, plain
from linkage.dates import business_date
from linkage.models import Status, Supply
from linkage.owners import Owner
from purchasing import operations
from purchasing.models import PurchaseOrderRow
from purchasing.operations.carrying import carry_rows
from purchasing.planning import terms_of
from purchasing.quality import rejected_by_supply
from purchasing.queries import prices_of

RIGHTS = {"link": "link.purchase", "change": "purchase.write"}


class PurchaseRow(Owner):
    """A row of a purchase order."""

    @staticmethod
    def urls(positions):
        rows = PurchaseOrderRow.objects.filter(supply__in=[position.pk for position in positions])
        found = rows.values_list("supply", "order", "pk")
        return {supply: f"{reverse('purchasing:order', args=[order])}#row-{row}" for supply, order, row in found}

    @staticmethod
    def may(user, position, action):
        """A buyer links purchase rows as a planner does."""
        return may(user, RIGHTS.get(action, action))

    @staticmethod
    def unconfirmed(ids):
        """Sent, and not confirmed by the supplier as it stands; what has arrived in part needs no confirmation."""
        sent = PurchaseOrderRow.objects.filter(supply__in=ids, supply__status=Status.FIRM)
        return set(sent.exclude(pk__in=sent.confirmed().values("pk")).values_list("supply", flat=True))

    @staticmethod
    def rejected(ids):
        return rejected_by_supply(ids)

    @staticmethod
    def change_quantity(position, *, quantity, by):
        """``quantity`` in the base unit; the row keeps its own unit."""
        row = _row_of(position)
        in_unit = from_base(part=row.supply.part, quantity=quantity, unit=row.unit)
        return operations.change_row(row=row, quantity=in_unit, by=by).supply

    @staticmethod
    def change_date(position, *, date, by):
        return operations.change_row(row=_row_of(position), due_date=date, by=by).supply

    @staticmethod
    def take_revision(position, *, by):
        return operations.take_revision(row=_row_of(position), by=by).supply

    @staticmethod
    def cancel(position, *, by, reason=""):
        """Take the row away, or end it at the supplier; refused once something has arrived.

        Returns the cancelled supply, or None where nothing of a draft row was worth keeping.
        """
        row = _row_of(position)
        if row.supply.done > 0:
            unit = row.supply.part.unit
            raise Refused(f"{plain(row.supply.done)} {unit} of {row} have arrived; it cannot be cancelled.")
        if row.order.is_not_sent:
            operations.remove_row(row=row, release=True, by=by, reason=reason)
        else:
            operations.short_close(row=row, cut_contract=True, by=by, reason=reason)
        return Supply.objects.filter(pk=position.pk).first()

    @staticmethod
    def arrivals(supply_ids):
        """The last day early enough that is the supplier's delivery day and our work day."""
        return {pk: terms.arrival for pk, terms in terms_of(supply_ids).items()}

    @staticmethod
    def sizes(supply_ids):
        return {pk: terms.size for pk, terms in terms_of(supply_ids).items()}

    @staticmethod
    def costs_so_far(supply_ids):
        """What has arrived, at the row's price; at its standard price where the row is in another currency."""
        facts = "pk", "done", "part__standard_price", "warehouse__company__currency"
        found = list(Supply.objects.filter(pk__in=supply_ids).values_list(*facts))
        prices = prices_of(supply_ids)
        return {pk: done * prices.get((pk, currency), standard) for pk, done, standard, currency in found}

    @staticmethod
    def carry(changed, *, by):
        carry_rows(changed)

    @staticmethod
    def make_for(demand, *, quantity, by):
        return operations.create_orders_for(
            demands=[demand], quantities={demand.pk: quantity}, by=by, business_date=business_date()
        )


def _row_of(position):
    row = PurchaseOrderRow.objects.for_list().filter(supply=position.pk).first()
    if row is None:
        raise Refused(f"{position} belongs to no purchase row.")
    return row
