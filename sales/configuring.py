"""Configurations as rows carry them: what is asked of a part, what was chosen, what it costs and what it is made of."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from erp.exceptions import Refused
from production.queries.calculations import calculate
from sales.models import (
    ConfigurationOption,
    ConfigurationQuestion,
    ConfiguredPart,
    CustomerTerm,
    ListedOption,
    SalesOrderRow,
)
from sales.models.configurations import JOINT

ZERO = Decimal(0)


def is_configurable(row):
    """Whether the part of a row that was read for a list is configured on each row."""
    return row.is_part and hasattr(row.part, "configured")


def waits_for_configuration(row):
    """Nobody has confirmed how the row is configured yet."""
    return is_configurable(row) and row.configured_at is None and not row.is_closed


def configurable(parts):
    """Which of the parts (ids) are configured on each row."""
    return set(ConfiguredPart.objects.filter(part__in=parts).values_list("part", flat=True)) if parts else set()


def questions_of(part):
    """The questions that a part asks, with their options, in two statements."""
    return list(ConfigurationQuestion.objects.filter(group__parts__part=part).prefetch_related("options"))


def codes_of(variant):
    return variant.split(JOINT) if variant else []


def chosen_in(questions, variant):
    """{question id: the option that a variant code says}: question by question, each code is one answer.

    Two questions may have options of the same code.
    """
    left, found = codes_of(variant), {}
    for question in sorted(questions, key=lambda question: question.position):
        options = {option.code: option for option in question.options.all()}
        code = next((code for code in left if code in options), None)
        if code is not None:
            left.remove(code)
            found[question.pk] = options[code]
    return found


def default_variants(parts):
    """{part id: the codes of its default configuration} of those parts that have one."""
    links = ConfiguredPart.objects.filter(part__in={part.pk for part in parts}).values_list("part", "group")
    if not links:
        return {}
    found = defaultdict(list)
    options = ConfigurationOption.objects.filter(is_default=True, question__group__in={group for _, group in links})
    for option in options.select_related("question").order_by("question__position"):
        found[option.question.group_id].append(option.code)
    return {part: check_fits(JOINT.join(found[group])) for part, group in links if found[group]}


def check_fits(variant):
    """The codes of a configuration, refused where they are too long for a variant code."""
    most = SalesOrderRow._meta.get_field("variant").max_length
    if len(variant) > most:
        raise Refused(
            f"The codes of the chosen options are {len(variant)} characters together; at most {most} characters make a "
            "variant code. Ask an administrator for shorter codes."
        )
    return variant


def option_prices(row, options, prices):
    """{option id: what it adds to the price of one unit of a row}, in the order's currency.

    That of the customer's configuration price list, else the option's own.
    """
    return {pk: prices.rounded(worth) for pk, worth in _worths(row, options, prices).items()}


def _worths(row, options, prices):
    """The same, exactly."""
    own = {option.pk: (option.price, row.order.company_currency) for option in options}
    ratio = prices.ratio(part=row.part, unit=row.unit)
    return {
        pk: Fraction(prices.in_order_currency(price, currency, row.order)) * ratio
        for pk, (price, currency) in (own | _listed(row, options)).items()
    }


def worth_of(row, prices):
    """What the chosen options add to the price of one unit of a row, in the order's currency."""
    chosen = list(chosen_in(questions_of(row.part), row.variant).values())
    return prices.rounded(sum(_worths(row, chosen, prices).values(), Fraction(0)))


def _listed(row, options):
    """{option id: (price, currency)} of the customer's configuration price list."""
    term = CustomerTerm.objects.filter(customer=row.order.customer).select_related("price_list").first()
    if term is None or term.price_list is None:
        return {}
    listed = ListedOption.objects.filter(price_list=term.price_list, option__in=options)
    return {one.option_id: (one.price, term.price_list.currency) for one in listed}


def calculation_of(row, base, *, on, variant=None):
    """What ``base`` units of a row cost as they are configured, or as another variant; None without a BOM."""
    variant = row.variant if variant is None else variant
    return calculate(row.part_id, base, on=on, revision=row.revision_id, variant=variant)


def answers_of(row):
    """[(question, the option that the row has now, or None)] of a configured part, by position."""
    questions = sorted(questions_of(row.part), key=lambda question: question.position)
    chosen = chosen_in(questions, row.variant)
    return [(question, chosen.get(question.pk)) for question in questions]
