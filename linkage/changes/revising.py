"""Another revision or variant of a demand: offered to the orders made for it alone, which take it over or do not."""

from collections import defaultdict

from erp.exceptions import Refused
from linkage.changes.decisions import FOLLOW, LEAVE, Decisions, Option
from linkage.changes.plan import Left
from linkage.changes.tree import ANY_REVISION, Revision
from linkage.changes.wants import KEEP
from linkage.models import SupplyKind
from linkage.models.links import LinkKind
from linkage.owners import owner_of_kind
from linkage.statuses import Allows, Change

SUPPLY = "supply"


def want_revision(case, node, want):
    """A demand is to be of another revision (None: of any) or variant; its bound orders that are not are asked."""
    before = node.new_revision
    revision = before[:2] if want.revision is KEEP else (want.revision.pk, want.revision.code) if want.revision else ()
    variant = before.variant if want.variant is None else want.variant
    node.new_revision = Revision(*(revision or ANY_REVISION[:2]), variant)
    if node.new_revision.id in {None, node.revision_id} and variant == before.variant:
        return
    bound = [link.supply for link in node.links if link.kind == LinkKind.BOUND and not link.supply.is_stock]
    _ask(case, [supply for supply in bound if is_otherwise(supply, node.new_revision)], node.new_revision)


def is_otherwise(supply, wanted):
    """Whether an order is not what is wanted of it; only what we make ourselves comes in variants."""
    other = wanted.id is not None and wanted.id != supply.revision_id
    return other or (supply.kind == SupplyKind.PRODUCTION and supply.row.variant != wanted.variant)


def want_revision_of_rows(case, supply):
    """An order is to take over the revision of who it was made for, where all of them ask for the same."""
    wanted = {link.demand.new_revision for link in _bound(supply)}
    if len(wanted) == 1 and is_otherwise(supply, revision := wanted.pop()):
        _ask(case, [supply], revision)


def _ask(case, supplies, wanted):
    """Read what the orders need as what is wanted; one of any revision stays of the one that it is."""
    groups = defaultdict(list)
    for supply in supplies:
        revision = wanted[:2] if wanted.id is not None else supply.new_revision[:2]
        groups[supply.kind, Revision(*revision, wanted.variant)].append(supply.pk)
    for (kind, revision), ids in groups.items():
        found = owner_of_kind(kind).recipes(ids, revision=revision)
        case.recipes |= {pk: (revision, recipe) for pk, recipe in found.items()}


def take_over(supply_id, decisions=None):
    """The decisions of who takes a revision over; without any those of a command."""
    if decisions is None:
        return Decisions({f"revision-{supply_id}": FOLLOW}, by_person=False)
    decisions.answers.setdefault(f"revision-{supply_id}", FOLLOW)
    return decisions


def check_taken(plan, position, *, key):
    """Raise Refused where an order that was to take a revision over cannot, or has nothing to take over."""
    question = next((question for question in plan.questions if question.key == key), None)
    if question is None:
        raise Refused(f"{position} is of the revision that its rows ask for, or these ask for different ones.")
    if FOLLOW not in {option.value for option in question.options}:
        raise Refused(question.why)


def follow_revision(case, supply):
    """An order that somebody wants as another revision takes it over, with the BOM of it, or stays as it is."""
    if supply.pk not in case.recipes or supply.is_cancelled or not _bound(supply):
        return
    revision, recipe = case.recipes[supply.pk]
    rule = case.rule(supply, Change.REVISION)
    word, before, after = supply.new_revision.changed_to(revision)
    options, preselected = [Option(LEAVE, f"Leave {word} {before} as it is")], LEAVE
    may = case.may(supply, rule)
    if may and not recipe.why:
        options.insert(0, Option(FOLLOW, f"Take it over: {word} {before} → {after}"))
        preselected = None
    elif rule == Allows.ASK and not may:
        case.plan.left.append(Left(Change.REVISION, supply.pk))
    key = f"revision-{supply.pk}"
    if case.ask(key, Change.REVISION, supply, options, preselected, rule, why=recipe.why or None) == FOLLOW:
        supply.new_revision, supply.recipe = revision, recipe
        _supply_added(case, supply)


def _supply_added(case, supply):
    """What is new in it is supplied as in an explosion, unless somebody says no."""
    names = supply.recipe.supplied
    if not names:
        return
    options = [Option(SUPPLY, "Take what is free in time, make the rest"), Option(LEAVE, "Leave it short")]
    why = f"New in {supply.new_revision}: {', '.join(names)}."
    answer = case.ask(f"added-{supply.pk}", Change.REVISION, supply, options, SUPPLY, Allows.FOLLOW, why=why)
    supply.is_supplied = answer == SUPPLY


def _bound(supply):
    return [link for link in supply.links if link.kind == LinkKind.BOUND and link.new_open > 0]
