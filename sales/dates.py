"""The dates of a row: when it leaves, when it is at the customer. Pure arithmetic over the work days.

Goods leave on the delivery date and are the transport time, in work days, on the road.
"""

from datetime import timedelta

LONGEST_WAIT = 366  # days; days of delivery that never are work days are left out of account then


def arrival(day, *, transport, days):
    """The day on which goods that leave on ``day`` are at the customer; ``days`` are WorkDays."""
    return days.add(day, transport) if day and transport else day


def departure(day, *, transport, days):
    """The last work day on which goods must leave to be at the customer by ``day``; ``days`` are WorkDays.

    Nothing is delivered on a day off: to be there on a Sunday, goods are there on Friday.
    """
    return days.subtract(days.move_back(day), transport) if day and transport else day


def first_delivery_day(day, *, days, delivers_on):
    """The first day from ``day`` on that is a work day and on which the customer takes deliveries."""
    for ahead in range(LONGEST_WAIT):
        found = day + timedelta(days=ahead)
        if delivers_on(found) and days.is_work_day(found):
            return found
    return days.move_on(day)


def day_by_lead_time(today, *, lead_time, days, delivers_on):
    """The first day of delivery that lies the lead time, in work days, after today."""
    return first_delivery_day(days.add(today, lead_time), days=days, delivers_on=delivers_on)
