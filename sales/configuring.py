"""Configurations as rows carry them: what is asked of a part, what was chosen, what it costs and what it is made of."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from production.explosion import fits
from production.queries.routings import operations_by_part
from production.queries.structures import structure_of
from sales.models import ConfigurationOption, ConfigurationQuestion, ConfiguredPart, CustomerTerm, ListedOption
from sales.models.configurations import JOINT

ZERO, HOUR = Decimal(0), Decimal(60)


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
    return {part: JOINT.join(found[group]) for part, group in links if found[group]}


def worth_of(row, prices):
    """What the chosen options add to the price of one unit of a row, in the order's currency."""
    chosen = list(chosen_in(questions_of(row.part), row.variant).values())
    listed = _listed(row, chosen)
    own = {option.pk: (option.price, row.order.company_currency) for option in chosen}
    found = [prices.in_order_currency(price, currency, row.order) for price, currency in (own | listed).values()]
    return prices.rounded(Fraction(sum(found, ZERO)) * prices.ratio(part=row.part, unit=row.unit))


def _listed(row, options):
    """{option id: (price, currency)} of the customer's configuration price list."""
    term = CustomerTerm.objects.filter(customer=row.order.customer).select_related("price_list").first()
    if term is None or term.price_list is None:
        return {}
    listed = ListedOption.objects.filter(price_list=term.price_list, option__in=options)
    return {one.option_id: (one.price, term.price_list.currency) for one in listed}


def cost_of(row, base, *, on):
    """{material, time, outside}: what ``base`` units of a row cost as they are configured; None without a BOM."""
    structure = structure_of({row.part_id})
    recipe = structure.recipe(row.part_id, row.revision_id)
    if recipe is None:
        return None
    needed = defaultdict(Decimal)
    for line in structure.rows(recipe, on, row.variant):
        needed[line.component] += line.required(base, structure.parts[line.component].step)
    prices = dict(type(row.part).objects.filter(pk__in=needed).values_list("pk", "standard_price"))
    [steps] = operations_by_part({(row.part_id, row.revision_id)}).values()
    steps = [step for step in steps if fits(step.variants, row.variant)]
    inside = [step for step in steps if step.work_centre]
    return {
        "material": sum((quantity * prices[part] for part, quantity in needed.items()), ZERO),
        "time": sum(
            ((s.setup_minutes + s.run_minutes * base) * s.work_centre.hourly_rate / HOUR for s in inside), ZERO
        ),
        "outside": sum((base * step.service_part.standard_price for step in steps if step.service_part), ZERO),
    }
