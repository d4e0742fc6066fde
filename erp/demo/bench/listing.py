"""W5: the page of 50 rows that a list opens with, among many, beside the least page that shows them."""

from django.test import Client
from django.urls import reverse

from erp.demo.bench.chains import SMALL, Ledger, tree, viewer
from erp.demo.bench.loading import analyze, fetch
from erp.demo.bench.measuring import Case, DifferentWork, Side
from linkage.models import Demand, Document, OrderLink, Supply

ROWS, MOST = 50, 6
LIMITS = {
    "link_list": """
select d.id, s.id, p.number, l.quantity, l.open, d.need_date, s.due_date from linkage_orderlink l
join linkage_demand d on d.id = l.demand_id join linkage_supply s on s.id = l.supply_id
join register_part p on p.id = l.part_id where l.open > 0 order by l.id limit 50
""",
    "supply_list": """
select d.number, s.position, p.number, s.quantity, s.free, s.due_date from linkage_supply s
join register_part p on p.id = s.part_id left join linkage_document d on d.id = s.document_id order by s.id limit 50
""",
    "demand_list": """
select h.number, d.position, p.number, d.quantity, d.uncovered, d.need_date from linkage_demand d
join register_part p on p.id = d.part_id left join linkage_document h on h.id = d.document_id order by d.id limit 50
""",
}


def cases(size):
    ledger, rows = Ledger(), round(200_000 * size)
    ledger.add(tree(SMALL))
    ledger.fill(rows)
    analyze(Document, Demand, Supply, OrderLink)
    client = Client(SERVER_NAME="localhost")
    client.force_login(viewer(), backend="django.contrib.auth.backends.ModelBackend")
    for name, statement in LIMITS.items():
        yield _case(client, name, statement, rows)


def _case(client, name, statement, rows):
    url = reverse(f"linkage:{name}")
    sides = {
        "product": Side(work=lambda: client.get(url), result=_shown, repeat=3),
        "f-string page": Side(work=lambda: _least_page(statement), result=lambda page: page.count("<tr>"), repeat=20),
    }
    name = f"{name.partition('_')[0]} list, {ROWS} of {rows:,} rows"
    return Case(workload="W5", name=name, sides=lambda _: sides, targets={"f-string page": MOST})


def _least_page(statement):
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in fetch(statement))
    return f"<html><body><table>{rows}</table></body></html>"


def _shown(answer):
    if answer.status_code != 200:
        raise DifferentWork(f"W5: the page answers {answer.status_code}.")
    body = answer.content.decode().partition("<tbody")[2].partition("</tbody>")[0]
    return body.count("<tr")
