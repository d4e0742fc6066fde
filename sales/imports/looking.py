"""What a person should look at before an order is loaded: prices that are not ours, dates that come too early."""

from erp.exceptions import Refused
from erp.money import decimals_of
from erp.register.calendar import work_days
from erp.web.numbers import show_money
from linkage.dates import business_date
from sales.dates import arrival
from sales.imports.columns import DESIRED, PRICE, SHIPPED
from sales.models import CustomerLink
from sales.pricing import Prices
from sales.units import UnitsOfRows


class Looking:
    """Prices, units, lead times and work days for all rows of a file, in a fixed number of queries."""

    def __init__(self, drafts):
        customers = [draft.customer for draft in drafts]
        parts = [row.part for draft in drafts for row in draft.rows]
        self.units = UnitsOfRows(parts)
        self.prices = Prices(customers=customers, parts=parts)
        links = CustomerLink.objects.filter(customer__in=customers, part__in=parts).exclude(lead_time=None)
        self._promised = {(link.customer_id, link.part_id): link.lead_time for link in links}
        self._today, self._days = business_date(), {}

    def look(self, line, row):
        """Note the warnings of a row that was built."""
        self._price(line, row)
        self._date(line, row)

    def _price(self, line, row):
        if line["price"] is None:
            return
        try:
            ours = self.prices.suggest(order=row.order, part=row.part, unit=row.unit, quantity=row.quantity)
        except Refused:  # a price agreed in a currency without a rate today cannot be compared
            return
        if ours.price != line["price"]:
            money = show_money(ours.price, decimals_of(row.order.currency))
            words = f"Ours for {row.part} is {money} {row.order.currency} ({ours.label.lower()})."
            line.warn(PRICE.title, words, read=line["price"])

    def _date(self, line, row):
        """Goods leave a lead time from now; where the day at the customer was asked for, they are on the road too."""
        if row.delivery_date is None:
            return
        column = DESIRED if line["desired_date"] else SHIPPED
        asked, days = line[column.name], self._lead_time(row)
        if asked < self._today:
            line.warn(column.title, f"This day has passed; today is {self._today}.", read=asked)
            return
        work_days = self._work_days(row.warehouse.company)
        first = work_days.add(self._today, days)
        if row.delivery_date < first:
            there = arrival(first, transport=row.order.transport_days, days=work_days) if column is DESIRED else first
            words = f"The lead time of {row.part} is {days} work days: {there} is the first day that keeps it."
            line.warn(column.title, words, read=asked)

    def _lead_time(self, row):
        """What was promised to the customer, else to all customers, else what it takes."""
        promised = self._promised.get((row.order.customer.pk, row.part_id), row.part.lead_time_to_customer)
        return row.part.lead_time if promised is None else promised

    def _work_days(self, company):
        if company.pk not in self._days:
            self._days[company.pk] = work_days(company.calendar)
        return self._days[company.pk]
