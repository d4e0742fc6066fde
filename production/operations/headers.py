"""What the header of an order says, and what of it is carried over from the customer order it is made for."""

from erp.exceptions import Refused
from linkage.models import Document
from linkage.operation import operation
from production.models import ProductionOrder
from production.operations.steps import lock_order
from production.queries.carried import CARRIED, orders_bound_to, row_bound_to


@operation
def change_header(*, order, by, version=None, **changes):
    """Change what the header says (type, employee, customer, project, goods label, note); boxes and links stay.

    What an order that is bound to a sales row carries of its customer order is changed there: refused here.
    """
    order, _supplies, _demands = lock_order(order, version=version)
    other = [words for name, words in CARRIED.items() if name in changes and changes[name] != getattr(order, name)]
    if other and (link := row_bound_to(order)):
        raise Refused(f"{order} is bound to {link.demand}: its {' and '.join(other)} is changed on the customer order.")
    for name, value in changes.items():
        setattr(order, name, value)
    order.save(update_fields=list(changes))
    order.refresh_from_db()
    return order


def documents_made_for(document):
    """The documents of the open orders made for a customer order: locked with it by whoever changes its project."""
    return list(Document.objects.filter(production_order__in=_made_for(document)))


def carry_project(document, *, was, project):
    """Let the open orders made for a customer order say its new project, where they said the old one.

    The caller holds them (``documents_made_for``).
    """
    _made_for(document).filter(project=was).update(project=project)


def carry_order_type(document, *, was, order_type):
    """Let the open orders made for a customer order have the type that its own one names now.

    ``was`` is the one it named before: who has another one keeps it; where it named none, nobody chose one. Numbers
    stay. One that only names the customer order, bound to none of its rows, keeps its own.
    """
    made = _made_for(document).filter(pk__in=orders_bound_to(document))
    (made.filter(order_type=was) if was else made).update(order_type=order_type)


def _made_for(document):
    return ProductionOrder.objects.open().filter(sales_document=document)
