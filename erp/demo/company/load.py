"""The whole story in one transaction: all of the demo company is there, or nothing of it."""

from django.db import transaction

from erp.demo.company import accounts, between, buying, drawing, making, parts, register, selling, wishes
from erp.demo.company.people import ensure_people
from erp.demo.company.scene import Scene, number
from erp.register.calendar import work_days
from erp.register.history import recording
from erp.register.models import Company
from erp.register.operations import save_view
from linkage.operations import adjust_stock

CODE = "AUR"


def is_loaded():
    return Company.objects.filter(code=CODE).exists()


@transaction.atomic
def load(*, today):
    """Make the company as if it were in the middle of its work today."""
    people = ensure_people()
    with recording(by=people["admin"], operation="load_demo"):
        scene = build(people, today)
    fill_shelves(scene)
    orders = selling.take_orders(scene)
    drawing.show_the_way(scene, orders["spares"])
    selling.deliver_orders(scene, orders)
    trees = making.make_trees(scene, orders)
    buying.buy_for_trees(scene)
    bought = buying.buy_for_stock(scene, orders)
    buying.take_in(scene, bought)
    making.work_in_the_shop(scene, trees)
    buying.promise(scene, orders, bought)
    buying.keep_for_a_customer(scene)
    buying.keep_minimum_stock(scene)
    selling.split_the_fleet(scene, orders["fleet"])
    making.lose_a_customer(scene, orders)
    wishes.take_wishes(scene)
    between.sell_abroad(scene)
    between.order_by_file(scene)
    keep_views(scene)
    return scene


def keep_views(scene):
    """What the planner looks at each morning, for all."""
    for page, name, query in (
        ("/links/", "Late links", "late=1&sort=needed"),
        ("/production/orders/", "Starts late", "starts_late=1"),
        ("/demands/", "Not fully linked", "is_uncovered=1&sort=need_date"),
    ):
        save_view(page=page, name=name, query=query, is_shared=True, by=scene.people["planner"])


def build(people, today):
    """The register: units, company, calendar, warehouses, partners, parts, BOMs and terms."""
    units = register.add_units()
    company, warehouses = register.add_company(today=today, by=people["admin"])
    partners = register.add_partners()
    register.add_rates(today)
    found = parts.add_parts(units, warehouses, [*parts.PARTS, *wishes.PARTS])
    register.add_conversions(found, units)
    register.add_terms(found, partners, units, [*register.TERMS, *wishes.TERMS])
    register.add_order_types(people)
    accounts.add_accounts(found)
    accounts.add_vat(partners)
    accounts.add_assets(company)
    accounts.add_revisions(found)
    parts.add_boms(found, parts.BOMS | wishes.BOMS)
    parts.add_routings(found, parts.ROUTINGS | wishes.ROUTINGS)
    wishes.add_choices(found)
    return Scene(
        today=today,
        days=work_days(company.calendar),
        company=company,
        people=people,
        units=units,
        warehouses=warehouses,
        partners=partners,
        parts=found,
    )


def fill_shelves(scene):
    for warehouse, counts in (*parts.STOCK.items(), *wishes.STOCK.items()):
        for part, quantity in counts.items():
            adjust_stock(
                part=scene.parts[part],
                warehouse=scene.warehouses[warehouse],
                quantity=number(quantity),
                effective_on=scene.day(-30),
                reason="Opening balance",
                by=scene.people["warehouse"],
            )
