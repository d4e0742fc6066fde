"""Confirming how a row is configured: its variant code, its price, and what it is reckoned to cost."""

from django.utils import timezone

from erp.exceptions import Refused
from linkage.operation import operation
from sales.configuring import check_fits, is_configurable, questions_of, waits_for_configuration
from sales.operations.alloys import follow_alloy
from sales.operations.calculating import calculate
from sales.operations.rows import change_row
from sales.operations.structures import settle_above
from sales.operations.transfers import transfer_rows
from sales.operations.types import check_row
from sales.pricing import TAKEN
from sales.reckoning import price_configured, variant_of
from sales.units import UnitsOfRows


@operation
def configure_row(*, row, options, by, version=None, decisions=None, reason=""):
    """Confirm a row's configuration: one of ``options`` (ConfigurationOption) for each question of its part.

    Its variant code is theirs, a linked order is asked as for any other variant; price and pre-calculation follow. A
    row whose transfer waited for it goes over now.
    """
    _check(row, options)  # the change locks the row and refuses one that somebody changed meanwhile
    waited = waits_for_configuration(row)
    facts = {"variant": check_fits(variant_of(options)), "configured_at": timezone.now()}
    row = change_row(row=row, by=by, version=version, decisions=decisions, reason=reason, **facts)
    _price(row)
    calculate(row)
    if waited:
        transfer_rows([row], by=by)
    return row


def _check(row, options):
    if not is_configurable(row):
        raise Refused(f"{row} is of a part that is not configured.")
    asked = {question.pk: question for question in questions_of(row.part)}
    answered = [option.question_id for option in options]
    if missing := [question.text for pk, question in asked.items() if pk not in answered]:
        raise Refused(f"Choose an option for: {', '.join(missing)}.")
    if len(set(answered)) < len(answered) or not set(answered) <= asked.keys():
        raise Refused("Choose one option for each question of the part.")


def _price(row):
    price_configured(row)
    check_row(row, units=UnitsOfRows([row.part]))

    row.save(update_fields=[*TAKEN, "discount", "rounding"])
    follow_alloy(row)
    if row.is_of_kit:
        settle_above(row)
