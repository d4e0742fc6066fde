"""What only purchasing shows."""

from django import template

from erp.web.numbers import show_input
from purchasing import tables

register = template.Library()


@register.simple_tag
def contract_badge(linked, quantity):
    """``Contract-linked 60 of 100``."""
    return tables.contract_badge(linked, quantity)


@register.filter
def input_quantity(value):
    """A quantity as somebody would type it into a box."""
    return show_input(value)
