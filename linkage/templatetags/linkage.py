"""How the ledger looks inside other apps' pages."""

from django import template

from linkage.link_tables import BY_HAND, RULES

register = template.Library()


@register.filter
def rule_in_words(rule):
    """What made a link: a person, or which rule."""
    return dict(RULES).get(rule or BY_HAND, rule)


@register.inclusion_tag("linkage/_coverage_cell.html")
def coverage_cell(coverage):
    """The coverage cell of a demand: symbol, bar, words and slack (``linkage.queries.coverage``)."""
    return {"coverage": coverage}
