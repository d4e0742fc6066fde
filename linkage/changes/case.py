"""One change as it is worked out: what is known of the chain, the plan so far, and the questions that it asks."""

from linkage.changes.decisions import Question
from linkage.changes.offers import Offers
from linkage.changes.plan import Plan
from linkage.changes.tree import SupplyNode
from linkage.owners import owner_of_kind
from linkage.statuses import Allows, allowed
from linkage.statuses import in_words as status_in_words


class Case:
    """What the rules of a change have in common. A question without an answer leaves its order as it is."""

    def __init__(self, tree, decisions, by):
        self.tree, self.decisions, self.by = tree, decisions, by
        self.plan = Plan(tree, by, decisions)
        self.offers = Offers(tree)
        self.recipes = {}  # {supply id: (revision, Recipe)} of the orders that somebody wants as another revision

    def rule(self, supply, change):
        """What the status of an order says of a change."""
        return allowed(supply.row).of(change)

    def may(self, supply, rule):
        """What follows is part of the change; what is asked is for who may change such orders."""
        if rule == Allows.REFUSE:
            return False
        return rule == Allows.FOLLOW or owner_of_kind(supply.kind).may(self.by, supply, "change")

    def may_change_row(self, demand):
        return demand.kind == "sales" and owner_of_kind("sales").may(self.by, demand, "change")

    def ask(self, key, change, subject, options, preselected, rule, why=None, **proposed):
        """Ask, and return what was answered; None where that is open. ``proposed``: the figure it is about."""
        answer = self.decisions.answers.get(key, preselected)
        if answer not in {option.value for option in options}:  # gone since it was offered: ask again
            answer = None
        question = Question(
            key, change, subject, tuple(options), preselected, rule, why or _why(subject, rule), answer, **proposed
        )
        self.plan.questions.append(question)
        subject.questions.append(question)
        return answer


def _why(subject, rule):
    if not isinstance(subject, SupplyNode):
        return ""
    if rule == Allows.REFUSE and subject.status not in {"closed", "cancelled", "started"}:
        return f"{subject} was not made for this; it stays as it is."
    status = status_in_words(subject)
    return {
        Allows.FOLLOW: f"{subject} is {status}: it follows.",
        Allows.ASK: f"{subject} is {status}: a person decides.",
        Allows.REFUSE: f"{subject} is {status}: it is not changed any more.",
    }[rule]


def in_words(day):
    return day.isoformat() if day else "no date"
