"""The days of the week on which somebody delivers or is delivered to."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from erp.register.calendar import WEEKDAYS


def some_day(name, **facts):
    """A week without any delivery day would never come to an end."""
    condition = Q(*((f"delivers_{day}", True) for day in WEEKDAYS), _connector=Q.OR)
    return models.CheckConstraint(condition=condition, name=name, **facts)


class DeliveryDays(models.Model):
    """Seven ticks; a new row has them all."""

    delivers_monday = models.BooleanField(default=True)
    delivers_tuesday = models.BooleanField(default=True)
    delivers_wednesday = models.BooleanField(default=True)
    delivers_thursday = models.BooleanField(default=True)
    delivers_friday = models.BooleanField(default=True)
    delivers_saturday = models.BooleanField(default=True)
    delivers_sunday = models.BooleanField(default=True)

    class Meta:
        abstract = True

    def delivers_on(self, day: date):
        return getattr(self, f"delivers_{WEEKDAYS[day.weekday()]}")

    @cached_property
    def delivery_pattern(self):
        """Which days of the week, Monday first."""
        return tuple(getattr(self, f"delivers_{day}") for day in WEEKDAYS)

    @property
    def delivery_days(self):
        """The days in words: every day, or the days' names."""
        days = [day.capitalize() for day in WEEKDAYS if getattr(self, f"delivers_{day}")]
        return "every day" if len(days) == len(WEEKDAYS) else ", ".join(days)
