"""How the ledger looks inside other apps' pages."""

from django import template

register = template.Library()


@register.inclusion_tag("linkage/_coverage_cell.html")
def coverage_cell(coverage):
    """The coverage cell of a demand: symbol, bar, words and slack (``linkage.queries.coverage``)."""
    return {"coverage": coverage}
