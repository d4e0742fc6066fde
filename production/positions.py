"""What linkage may ask of production's positions: where they are worked on, and to change them."""

from decimal import Decimal
from functools import partial

from django.urls import reverse

from erp.exceptions import Refused
from erp.register.roles import may
from linkage.dates import business_date
from linkage.owners import Owner
from linkage.queries.sql import among
from linkage.recipes import Recipe
from production.explosion import Row
from production.models import Component, Operation, ProductionOrderLine
from production.operations import (
    cancel,
    change_line,
    cover_added,
    create_orders_for,
    supplies_to_take,
    take_priority,
    take_revision,
    taken_below,
)
from production.operations.carrying import carry_lines
from production.operations.outside import follow_services
from production.queries.costs import costs_of
from production.queries.differences import differences_of
from production.queries.making import sizes_of

RIGHTS = {"link": "link", "disconnect": "link", "hand_over": "link", "report": "production.report"}


class ProductionLine(Owner):
    """A supply that a production order line brings."""

    @staticmethod
    def urls(positions):
        lines = ProductionOrderLine.objects.filter(supply__in=positions).values_list("supply", "order").order_by()
        return {supply: reverse("production:order", args=[order]) for supply, order in lines}

    @staticmethod
    def may(user, position, action):
        return may(user, RIGHTS.get(action, "production.write"))

    @staticmethod
    def rejected(ids):
        lines = ProductionOrderLine.objects.filter(scrapped__gt=0)
        lines = lines if ids is None else lines.filter(supply__in=ids)
        return dict(lines.values_list("supply", "scrapped").order_by())

    @staticmethod
    def change_quantity(position, *, quantity, by):
        line = change_line(line=_line_of(position), quantity=quantity, by=by, from_row=True)
        return line.supply

    @staticmethod
    def change_date(position, *, date, by):
        line = change_line(line=_line_of(position), finish_date=date, by=by)
        return line.supply

    @staticmethod
    def take_priority(position, *, by):
        return take_priority(line=_line_of(position), by=by).supply

    @staticmethod
    def take_revision(position, *, by):
        return take_revision(line=_line_of(position), by=by).supply

    @staticmethod
    def cancel(position, *, by, reason=""):
        line = _line_of(position)
        if line.order.lines.count() > 1:
            raise Refused(f"{line.order} has other lines: cancel the order itself.")
        return cancel(order=line.order, by=by, reason=reason)

    @staticmethod
    def requirements(supply_ids):
        """What each component needs of an order quantity, as its snapshot says; a service is needed once for each."""
        facts = "demand", "demand__part", "demand__part__unit__decimals"
        found = Component.objects.filter(demand__for_supply__in=among(supply_ids)).order_by()
        found = list(found.values_list(*facts, "quantity_per", "fixed_quantity", "scrap"))
        steps = Operation.objects.filter(demand__for_supply__in=among(supply_ids)).order_by()
        found += [(*step, Decimal(1), Decimal(0), Decimal(0)) for step in steps.values_list(*facts)]
        return {
            demand: partial(Row(part, per, fixed, scrap).required, step=Decimal(1).scaleb(-decimals))
            for demand, part, decimals, per, fixed, scrap in found
        }

    @staticmethod
    def sizes(supply_ids):
        return sizes_of(supply_ids)

    @staticmethod
    def costs_so_far(supply_ids):
        """Material that was issued, time that was reported, and what was done outside."""
        lines = list(ProductionOrderLine.objects.for_list().filter(supply__in=supply_ids))
        costs = costs_of(lines)
        return {line.supply_id: costs[line.pk].actual.total for line in lines}

    @staticmethod
    def recipes(supply_ids, *, revision):
        lines = list(ProductionOrderLine.objects.for_list().select_related("order__site").filter(supply__in=supply_ids))
        found = differences_of(lines, revision)
        return {line.supply_id: _recipe(found[line.pk]) for line in lines}

    @staticmethod
    def taken_below(supply_ids):
        return taken_below(supply_ids)

    @staticmethod
    def cover_added(recipes, *, by):
        new = [(recipe.supplied, demand) for recipe in recipes for demand in recipe.own.made]
        return cover_added([demand for supplied, demand in new if demand.part.number in supplied], by=by)

    @staticmethod
    def carry(changed, *, by):
        carry_lines(changed)

    @staticmethod
    def supplies_to_take(*, parts, warehouses):
        return supplies_to_take(parts=parts, warehouses=warehouses)

    @staticmethod
    def make_for(demand, *, quantity, by):
        return create_orders_for(
            demands=[demand], quantities={demand.pk: quantity}, by=by, business_date=business_date()
        )


class ComponentDemand(Owner):
    """A demand of a component; it follows its line and is changed there."""

    rows = Component

    @classmethod
    def urls(cls, positions):
        owners = cls.rows.objects.filter(demand__in=positions).values_list("demand", "line__order").order_by()
        return {demand: reverse("production:order", args=[order]) for demand, order in owners}

    @staticmethod
    def may(user, position, action):
        return may(user, RIGHTS.get(action, "production.write"))


class OperationDemand(ComponentDemand):
    """The demand of a subcontracted operation, for its service part."""

    rows = Operation

    @staticmethod
    def served(demands, *, by, taken_back=False):
        follow_services(demands, taken_back=taken_back)


def _recipe(difference):
    if isinstance(difference, str):
        return Recipe(why=difference)
    steps = [step.demand_id for step in difference.dropped_steps if step.demand_id and not step.is_removed]
    parts = [part for _row, part in difference.added]
    return Recipe(
        keeps={component.demand_id: _required(component, row) for component, row in difference.kept},
        ends={*(component.demand_id for component in difference.dropped), *steps},
        added=[(part.number, row.quantity_per, row.fixed) for row, part in difference.added],
        supplied=list(dict.fromkeys(part.number for part in parts if part.is_order_oriented)),
        own=difference,
    )


def _required(component, row):
    return partial(row.required, step=Decimal(1).scaleb(-component.demand.part.unit.decimals))


def _line_of(supply):
    return ProductionOrderLine.objects.select_related("order__document", "supply").get(supply=supply)
