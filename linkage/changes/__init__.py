"""What happens to whom when something moves.

``wants`` is what is asked for, ``tree`` reads the chain that it reaches, ``decisions`` are the questions and what was
answered. ``planner`` works out in memory what becomes of every order, top down: ``needs`` when a demand changes,
``supplies`` when an order itself does, ``following`` when what it was made for does; ``case`` is what these share,
``plan`` what comes of it. ``linkage.operations.changing`` writes it, ``report`` shows it. The rules are those of
``linkage.statuses``: follow, ask, refuse.
"""

from linkage.changes.decisions import Decisions, Option, Question
from linkage.changes.plan import Plan
from linkage.changes.planner import plan_change
from linkage.changes.tree import Tree, read_tree
from linkage.changes.wants import DemandWant, SupplyWant

__all__ = ["Decisions", "DemandWant", "Option", "Plan", "Question", "SupplyWant", "Tree", "plan_change", "read_tree"]
