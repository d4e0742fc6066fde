"""What every chapter of the story needs: who acts, where, with what, and the calendar to count days on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erp.register.calendar import WorkDays
from erp.register.models import Company, Part, Partner, Unit, User, Warehouse
from linkage.operations import balance_of


@dataclass(frozen=True, kw_only=True)
class Scene:
    today: date
    days: WorkDays
    company: Company
    people: dict[str, User]
    units: dict[str, Unit]
    warehouses: dict[str, Warehouse]
    partners: dict[str, Partner]
    parts: dict[str, Part]

    def day(self, number):
        """The work day that lies so many work days after today, or before it when negative."""
        return self.days.add(self.today, number)

    @property
    def works(self):
        return self.warehouses["TKU"]

    def shelf(self, part):
        """The stock balance of a part in the works."""
        return balance_of(self.parts[part], self.works)


def number(text):
    return Decimal(str(text))
