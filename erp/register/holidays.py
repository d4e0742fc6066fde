"""Public holidays of a country, to seed a work calendar with."""

import holidays

from erp.exceptions import Refused

FIRST_YEAR, LAST_YEAR, MOST_YEARS = 1990, 2199, 30


def public_holidays(country, first_year, last_year):
    """The dates and names of the public holidays in those years, in English where they have English names."""
    if not FIRST_YEAR <= first_year <= last_year <= LAST_YEAR or last_year - first_year >= MOST_YEARS:
        raise Refused(f"Choose years between {FIRST_YEAR} and {LAST_YEAR}, {MOST_YEARS} at most, the first one first.")
    if country not in holidays.list_supported_countries():
        raise Refused(
            f"There are no public holidays for the country {country or '(none)'}; use two letters such as SE."
        )
    found = holidays.country_holidays(country, years=range(first_year, last_year + 1), language="en_US")
    return {day: name[:100] for day, name in sorted(found.items())}
