"""A chain as its page shows it: rows of plain words, ready made, because a page may have thousands of them.

Also the same chain as nodes and flows for the Sankey chart.
"""

from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse

from erp.web.numbers import show_quantity
from erp.web.statuses import look_of
from erp.web.templatetags.pegboard import slack as slack_in_words
from linkage.dates import Slack, time_from_today
from linkage.models import DemandKind, Status, SupplyKind
from linkage.owners import rejected
from linkage.queries.certainty import certainties_of_edges

MOST_IN_CHART = 400
DEEPEST = 12
UNCOVERED = "uncovered"  # not a status of a supply
DEMAND_KINDS, STATUSES = dict(DemandKind.choices), dict(Status.choices)


class Row(NamedTuple):
    """One line of the tree in words."""

    level: int
    deep: int
    demand: str
    demand_url: str
    part: str
    part_url: str
    unit: str
    needed: str
    uncovered: str
    need: str
    supply: str
    supply_url: str
    linked: str
    received: str
    rejected: str
    due: str
    certainty: str
    slack: str
    tone: str
    status: str
    status_tone: str
    repeated: bool
    contract: bool


@dataclass(frozen=True)
class Tree:
    rows: list
    chart: dict | None
    levels_shown: int
    is_cut: bool


def tree_of(lines, *, with_chart=True, today=None):
    """Rows and chart of the lines of ``linkage.queries.chain``."""
    words = _Words(lines, today)
    rows = [words.row(line) for line in lines]
    has_flows = any(line.edge.supply_id for line in lines)
    chart, levels, is_cut = _chart(lines, words) if with_chart and has_flows else (None, 0, False)
    return Tree(rows, chart, levels, is_cut)


class _Words:
    """Formatting with a memory: the same quantities and dates come again and again."""

    def __init__(self, lines, today):
        self.slack = Slack({line.edge.warehouse_id for line in lines}, today=today)
        self.rejected = rejected((line.edge.supply_kind, line.edge.supply_id) for line in lines if line.edge.supply_id)
        self.certainty = certainties_of_edges((line.edge for line in lines), today=today)
        self.quantities, self.slacks, self.tones, self.paths = {}, {}, {}, {}

    def url(self, name, pk):
        if name not in self.paths:
            self.paths[name] = reverse(name, args=[0]).rsplit("0", 1)
        before, after = self.paths[name]
        return f"{before}{pk}{after}"

    def quantity(self, value):
        if value is None:
            return ""
        if value not in self.quantities:
            self.quantities[value] = show_quantity(value)
        return self.quantities[value]

    def slack_of(self, edge):
        """The work days to spare; None where nothing is to come."""
        if not edge.to_come or edge.due_date is None or edge.need_date is None:
            return None
        lead_time = time_from_today(edge.supply_kind, edge.supply_status, edge.lead_time)
        return self.slack.between(edge.warehouse_id, edge.due_date, edge.need_date, lead_time)

    def slack_words(self, days):
        if days not in self.slacks:
            self.slacks[days] = "" if days is None else slack_in_words(days)
        return self.slacks[days]

    def tone(self, status):
        if status not in self.tones:
            self.tones[status] = look_of(status).tone
        return self.tones[status]

    def row(self, line):
        edge, days = line.edge, self.slack_of(line.edge)
        status = _status_of(edge)
        return Row(
            level=line.level,
            deep=min(line.level, DEEPEST),
            demand=DEMAND_KINDS.get(line.demand_label, line.demand_label),
            demand_url=self.url("linkage:demand_order", edge.demand_id),
            part=f"{edge.part_number} {edge.part_name}",
            part_url=self.url("linkage:part", edge.part_id),
            unit=edge.unit,
            needed=self.quantity(edge.needed),
            uncovered=self.quantity(edge.uncovered) if edge.uncovered else "",
            need=edge.need_date.isoformat() if edge.need_date else "",
            supply=line.supply_label,
            supply_url=self.url("linkage:supply_order", edge.supply_id) if edge.supply_id else "",
            linked=self.quantity(edge.open + edge.issued) if edge.link_id else "",
            received=self.quantity(edge.received),
            rejected=self.quantity(self.rejected.get(edge.supply_id)),
            due=edge.due_date.isoformat() if edge.due_date else "",
            certainty=self.certainty.get(edge.supply_id, ""),
            slack=self.slack_words(days),
            tone="bad" if days is not None and days < 0 else "",
            status="Uncovered" if status == UNCOVERED else str(STATUSES[status]),
            status_tone=self.tone(status),
            repeated=line.repeated,
            contract=bool(edge.link_id and edge.contract),
        )


def _status_of(edge):
    """That of the supply; without one the demand waits for it, or got all that it needed."""
    if edge.supply_id is not None:
        return edge.supply_status
    return Status.CLOSED if edge.uncovered == 0 else UNCOVERED


def _levels_that_fit(lines):
    """The deepest level up to which the chart stays readable, at least one."""
    per_level = {}
    for line in lines:
        per_level[line.level] = per_level.get(line.level, 0) + 1
    total, deepest = 0, 1
    for level in sorted(per_level):
        total += per_level[level]
        if total > MOST_IN_CHART and level > 1:
            return deepest, True
        deepest = level
    return deepest, total > MOST_IN_CHART


def _chart(lines, words):
    levels, is_cut = _levels_that_fit(lines)
    nodes, flows = {}, {}
    for line in [line for line in lines if line.level <= levels][:MOST_IN_CHART]:
        edge = line.edge
        demand = _demand_node(nodes, line, words)
        if edge.supply_id is None:
            continue
        supply = _supply_node(nodes, line, words)
        flows[supply, demand] = flows.get((supply, demand), 0) + edge.open + edge.issued
    links = [
        {"source": source, "target": target, "value": str(value), "label": words.quantity(value)}
        for (source, target), value in flows.items()
    ]
    return {"nodes": list(nodes.values()), "links": links}, levels, is_cut


def _demand_node(nodes, line, words):
    """Components flow into the order that they feed; any other demand is a node of its own."""
    edge = line.edge
    if edge.for_supply_id is not None:
        key, url = f"s{edge.for_supply_id}", words.url("linkage:supply", edge.for_supply_id)
        label = f"{edge.demand_number}/{edge.demand_line}"
    else:
        key, url = f"d{edge.demand_id}", words.url("linkage:demand", edge.demand_id)
        label = f"{DEMAND_KINDS.get(line.demand_label, line.demand_label)} {edge.part_number}"
    nodes.setdefault(key, {"id": key, "label": label, "url": url, "tone": ""})
    return key


def _supply_node(nodes, line, words):
    edge = line.edge
    key = f"s{edge.supply_id}"
    days = words.slack_of(edge)
    tone = "bad" if days is not None and days < 0 else "good" if edge.supply_kind == SupplyKind.STOCK else "info"
    url = words.url("linkage:supply", edge.supply_id)
    node = nodes.setdefault(key, {"id": key, "label": "", "url": url, "tone": tone})
    node["label"] = f"{line.supply_label} {edge.part_number}"
    if tone == "bad" or not node["tone"]:
        node["tone"] = tone
    return key
