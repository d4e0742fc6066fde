"""The sales row as linkage sees it: the owner of its demand."""

from django.db.models import Q
from django.urls import reverse

from erp.exceptions import Refused
from erp.money import decimals_of
from erp.register import roles
from erp.register.units import Conversions, from_base
from erp.web.numbers import show_money
from linkage.owners import Owner
from sales import operations
from sales.models import SalesOrderRow
from sales.money import remaining_of
from sales.transfers import across

TRANSFERRED = Q(transfer__isnull=False) | Q(transferred_from__isnull=False)


class SalesRow(Owner):
    """Owns demands of the kinds sales and forecast."""

    @staticmethod
    def urls(positions):
        rows = SalesOrderRow.objects.filter(demand__in=[position.pk for position in positions])
        return {
            demand: f"{reverse('sales:order', args=[order])}?row={pk}#row-{pk}"
            for pk, order, demand in rows.values_list("pk", "order", "demand")
        }

    @staticmethod
    def may(user, position, action):
        return roles.may(user, "sales.write" if action == "change" else action)

    @staticmethod
    def stakes(demand_ids):
        """The customer, and what is still to be delivered."""
        rows = SalesOrderRow.objects.for_list().filter(demand__in=demand_ids)
        return {row.demand_id: f"{row.order.document.partner}, {_money(row)}" for row in rows}

    @staticmethod
    def across(demand_ids):
        """What another company of ours makes of these rows, or sells; rows that stay in one company are not named."""
        rows = list(SalesOrderRow.objects.for_list().filter(TRANSFERRED, demand__in=demand_ids))
        found = across(rows)
        return {row.demand_id: (f"{row}: {found[row.pk].sentence}", found[row.pk].url) for row in rows}

    @staticmethod
    def deliver(quantities, *, by, effective_on, reference=""):
        """In one delivery, with one note for each customer's order."""
        rows = {row.demand_id: row for row in SalesOrderRow.objects.for_list().filter(demand__in=quantities)}
        conversions = Conversions([row.part for row in rows.values()])
        lines = []
        for demand, quantity in quantities.items():
            row = rows.get(demand.pk) or _row_of(demand)
            typed = conversions.from_base(part=row.part, quantity=quantity, unit=row.unit)
            lines.append(operations.Delivered(row=row, quantity=typed))
        facts = {"effective_on": effective_on, "reference": reference, "straight": True}
        return operations.deliver_rows(lines=lines, by=by, **facts)

    @staticmethod
    def parted(positions):
        """The box is unticked: defaults do not make the row another order by themselves."""
        demands = [position.pk for position in positions]
        SalesOrderRow.objects.filter(demand__in=demands, order_box=True).update(order_box=False)

    @staticmethod
    def change_quantity(position, *, quantity, by):
        row = _row_of(position)
        typed = from_base(part=row.part, quantity=quantity, unit=row.unit)
        return operations.change_row(row=row, quantity=typed, by=by)

    @staticmethod
    def change_date(position, *, date, by):
        row = _row_of(position)
        return operations.change_row(row=row.parent if row.is_of_kit else row, delivery_date=date, by=by)

    @staticmethod
    def change_warehouse(position, *, warehouse, by):
        return operations.change_row(row=_row_of(position), warehouse=warehouse, by=by)

    @staticmethod
    def cancel(position, *, by, reason=""):
        return operations.delete_row(row=_row_of(position), by=by, reason=reason)


def _money(row):
    currency = row.order.currency
    return f"{show_money(remaining_of(row), decimals_of(currency))} {currency}"


def _row_of(position):
    row = SalesOrderRow.objects.for_list().filter(demand=position.pk).first()
    if row is None:
        raise Refused(f"{position} belongs to no sales row.")
    return row
