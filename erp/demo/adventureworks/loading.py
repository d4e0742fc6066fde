"""The tables in the order in which they need each other, each its own operation."""

import time

from erp.demo.adventureworks.boms import load_boms
from erp.demo.adventureworks.purchases import load_purchase_orders
from erp.demo.adventureworks.register import load_company, load_customers, load_parts, load_terms, load_vendors
from erp.demo.adventureworks.sales import load_history_orders, load_reseller_orders
from erp.demo.adventureworks.stock import load_stock
from erp.demo.adventureworks.work_orders import load_work_orders

TABLES = {
    "company": load_company,
    "parts": load_parts,
    "boms": load_boms,
    "vendors": load_vendors,
    "terms": load_terms,
    "customers": load_customers,
    "purchase_orders": load_purchase_orders,
    "work_orders": load_work_orders,
    "stock": load_stock,
    "sales_orders": load_reseller_orders,
}
SALES = {"reseller": load_reseller_orders, "history": load_history_orders}
ALWAYS = "company"


class Silent:
    """Nobody watches. What does is told when a table begins, how far it is, and how it ended."""

    def begin(self, table):
        pass

    def tick(self, done, total):
        pass

    def end(self, report):
        pass


def load(source, *, by, only=None, sales="reseller", first=None, last=None, is_counted=True, progress=None):
    """Load the tables (``only``: some of them) and return their reports. What a broken file stops stays unwritten.

    ``sales``: which file of sales orders, ``first`` and ``last`` order date of those; ``is_counted`` False: no stock.
    """
    progress = progress or Silent()
    options = {"stock": {"is_counted": is_counted}, "sales_orders": {"first": first, "last": last}}
    tables = TABLES | {"sales_orders": SALES[sales]}
    reports = []
    for table, load_table in tables.items():
        if only and table not in {*only, ALWAYS}:
            continue
        progress.begin(table)
        started = time.monotonic()
        report = load_table(
            by=by, command="load_adventureworks", source=source, tick=progress.tick, **options.get(table, {})
        )
        report.seconds = time.monotonic() - started
        progress.end(report)
        reports.append(report)
    return reports
