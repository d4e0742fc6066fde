"""Roles and rights: who may do what, as one table.

A role is a group. A superuser counts as an administrator and as nothing else:
an administrator does not get the other rights by itself. Each right is also a
permission of ``rules``, so that the menu can ask ``user.has_perm("link")``.
"""

import rules
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

SELLER, PLANNER, BUYER, FOREMAN, WAREHOUSE = "seller", "planner", "buyer", "foreman", "warehouse"
VIEWER, ADMIN = "viewer", "admin"
ROLES = (SELLER, PLANNER, BUYER, FOREMAN, WAREHOUSE, VIEWER, ADMIN)

RIGHTS = {
    "read": set(ROLES),
    "see costs": set(ROLES) - {VIEWER},
    "sales.write": {SELLER, PLANNER},  # orders, rows, split row, M-/P-order box, disconnect own row
    "link": {PLANNER},  # link, hand over, swap, hold, disconnect, orphans
    "link.purchase": {PLANNER, BUYER},  # the same, on purchase rows
    "production.write": {PLANNER},  # create, release, split, merge, cancel
    "production.report": {PLANNER, FOREMAN},  # start, operation, finish, scrap, issue; undo own
    "purchase.write": {BUYER},  # orders, send, confirm, short close
    "purchase.contract link": {PLANNER, BUYER},
    "stock.receive": {BUYER, WAREHOUSE},
    "import": {
        SELLER,
        PLANNER,
        BUYER,
        WAREHOUSE,
    },  # files; each kind of import asks for the right of what it loads as well
    "stock.write": {WAREHOUSE},  # reverse a receipt, deliver, count, adjust, waste
    "calendar.write": {PLANNER, ADMIN},
    "views.share": {PLANNER, ADMIN},  # saved views of lists, for all
    "settings.write": {ADMIN},
    "register.write": {ADMIN},  # roles, number series, master data
}


# Master data that other apps keep: what was agreed with suppliers and customers.
TERMS = ["supplierterm", "pricebreak", "ordertype", "pricelist", "listedprice", "customerterm", "categorydiscount"]
TERMS += [
    "purchaseordertype",
    "usersordertype",
    "productionordertype",
    "usersproductionordertype",
    "customerlink",
    "customerlinkstep",
]
TERMS += ["transferprofile", "transferpart", "parttransfer"]
TERMS += ["vatcode", "vatrate", "vatgroup", "vatexception", "account", "transactiontype", "fixedasset"]
TERMS += ["documenttext", "partpackaging", "partplace"]
TERMS += ["dimension", "dimensionvalue", "postingrule", "postingrulevalue"]
TERMS += ["configurationgroup", "configurationquestion", "configurationoption", "configuredpart", "listedoption"]
TERMS += ["phrase", "partcomment"]


def roles_of(user):
    """The roles of a user, read once per request (a request has its own user object)."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not hasattr(user, "_roles"):
        names = user.groups.filter(name__in=ROLES).values_list("name", flat=True)
        user._roles = frozenset(names) | ({ADMIN} if user.is_superuser else frozenset())
    return user._roles


def has_role(user, *roles):
    return not roles_of(user).isdisjoint(roles)


def may(user, right):
    """Whether the user has the right; a right that is not in the table is a mistake in the code."""
    if right not in RIGHTS:
        raise KeyError(right)
    return rules.has_perm(right, user)


def _any_of(roles):
    return rules.predicate(lambda user: has_role(user, *roles), name=" or ".join(sorted(roles)))


for _right, _roles in RIGHTS.items():
    rules.add_perm(_right, _any_of(_roles))


def ensure_roles():
    """Create the groups that are missing and give administrators the register in the admin; safe to repeat."""
    groups = {role: Group.objects.get_or_create(name=role)[0] for role in ROLES}
    terms = Q(content_type__app_label__in=["purchasing", "sales"], content_type__model__in=TERMS)
    upkeep = Q(content_type__app_label="register") | terms | Q(codename__startswith="view_")
    history = Q(content_type__model__endswith="event") & ~Q(codename__startswith="view_")
    groups[ADMIN].permissions.set(Permission.objects.filter(upkeep).exclude(history))
    return groups
