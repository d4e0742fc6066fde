"""What an order needs as another revision, as far as a planned change must know it."""

from dataclasses import dataclass, field


@dataclass
class Recipe:
    """What of the standing needs stays (``keeps``: {demand id: function(order quantity) -> what is needed}), which end.

    ``added``: [(part number, quantity for each, fixed quantity)] of what is new; ``supplied``: the numbers of those
    among them that an explosion supplies; others are short at first.
    ``why``: the sentence why the order cannot be made so. ``own`` is what the order's own app needs to carry it out.
    """

    keeps: dict = field(default_factory=dict)
    ends: set = field(default_factory=set)
    added: list = field(default_factory=list)
    supplied: list = field(default_factory=list)
    why: str = ""
    own: object = None

    def names(self, demand):
        """Whether it says anything of a standing need."""
        return demand in self.keeps or demand in self.ends
