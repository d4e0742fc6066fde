"""Who may do what with links and stock, per position; the table of roles itself is ``erp.register.roles``."""

from erp.register.roles import may
from linkage.models import DemandKind, SupplyKind

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
