"""The dates of a row: when it leaves, when it is at the customer. Pure arithmetic over the work days.

Goods leave on the delivery date and are the transport time, in work days, on the road.
"""


def arrival(day, *, transport, days):
    """The day on which goods that leave on ``day`` are at the customer; ``days`` are WorkDays."""
    return days.add(day, transport) if day and transport else day


def departure(day, *, transport, days):
    """The last work day on which goods must leave to be at the customer on ``day``; ``days`` are WorkDays."""
    return days.subtract(day, transport) if day and transport else day
