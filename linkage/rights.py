"""Who may do what with links and stock, per position; the table of roles itself is ``erp.register.roles``."""

from erp.register.roles import may
from linkage.changes.worklist import subject_of
from linkage.models import DemandKind, SupplyKind
from linkage.owners import owner_of

NO_LINK = "Planners link, and buyers what they buy. Ask one of them."
NO_DISCONNECT = "Planners disconnect, buyers what they buy, and sellers sales rows. Ask one of them."


def may_link(user, supply=None):
    """Planners link everything, buyers what they buy. Without a supply: whether the user may link anything at all."""
    if supply is None or supply.kind == SupplyKind.PURCHASE:
        return may(user, "link.purchase")
    return may(user, "link")


def only_purchases(user):
    """Buyers link what they buy and nothing else; who may not link at all looks at everything."""
    return may(user, "link.purchase") and not may(user, "link")


def may_disconnect(user, link):
    """Who may link may disconnect; a seller also disconnects sales rows."""
    if may_link(user, link.supply):
        return True
    return link.demand.kind == DemandKind.SALES and may(user, "sales.write")


def may_decide(user, undecided):
    """Who may change such an order decides on it: sellers rows, planners production, buyers what they buy."""
    position = subject_of(undecided)
    if undecided.demand_id and not undecided.date:
        return may(user, "sales.write") or may(user, "link")
    return owner_of(position).may(user, position, "change")
