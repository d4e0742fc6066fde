"""What happens to whom when something moves.

``tree`` reads the chain that a change reaches; ``decisions`` are the questions and what was answered; ``plan`` works
out in memory what becomes of every order, ``linkage.operations.changing`` writes it, ``report`` shows it. The rules
are those of ``linkage.statuses``: follow, ask, refuse.
"""

from linkage.changes.decisions import Decisions, Option, Question
from linkage.changes.plan import DemandWant, Plan, SupplyWant, plan_change
from linkage.changes.tree import Tree, read_tree

__all__ = ["Decisions", "DemandWant", "Option", "Plan", "Question", "SupplyWant", "Tree", "plan_change", "read_tree"]
