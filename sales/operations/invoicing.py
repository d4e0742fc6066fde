"""Invoice bases: export what is delivered, once; mark the invoices as approved."""

from fractions import Fraction

from django.db.models import Sum
from django.utils import timezone

from erp.exceptions import Refused
from erp.money import in_currency, rounded
from erp.register.numbers import next_number
from linkage.dates import business_date
from linkage.locks import lock_ids
from linkage.operation import operation
from sales.invoice_texts import pricing_totals, say_texts
from sales.invoicing import Billed, VatSoFar, setup_in, shares_of, waiting_of, worth_of
from sales.kit_invoicing import kits_of
from sales.models import (
    AccountType,
    DeliveryRow,
    Dimension,
    FixedAsset,
    InvoiceBasis,
    InvoiceLine,
    InvoicePosting,
    SalesOrderRow,
)
from sales.money import ZERO, counts_parts, standard_price_of, standards_of
from sales.posting import COSTS, Postings
from sales.vat import VatRates

SERIES = "invoice basis"


@operation
def export_invoice_basis(*, company, by, up_to=None):
    """Put everything of a company that is delivered (by ``up_to``) and not exported yet on a new basis.

    Refused where nothing is. Each line keeps price, VAT, account and dimensions as they are now; what
    stays of a delivery that was exported has the price and VAT of then.
    """
    lock_ids(documents={one.row.order.document_id for one in waiting_of(company=company, up_to=up_to)})
    found = waiting_of(company=company, up_to=up_to)
    if not found:
        raise Refused("Nothing is delivered that is not on an invoice basis already.")
    basis = InvoiceBasis.objects.create(
        company=company,
        number=next_number(company, SERIES).number,
        created_on=business_date(),
        created_by=by,
    )
    _write_lines(basis, found)
    return basis


def _write_lines(basis, found):
    rows = [one.row for one in found]
    earlier, rates = _earlier(rows), VatRates(row.vat_code_id for row in rows)
    totals = pricing_totals(rows)
    lines = []
    for one in found:
        before = earlier.setdefault(one.row.pk, [])
        line = _line(basis, one, before, rates)
        then = _as_then(one)
        line.priced_by = then.priced_by if then else totals.get(one.row.total_row_id, "")
        before.append(Billed(*(getattr(line, name) for name in Billed._fields)))
        lines.append(line)
    say_texts([line for one, line in zip(found, lines, strict=True) if not one.credits])
    for one, line in zip(found, lines, strict=True):
        line.text = "\n".join(filter(None, [line.text, one.lacks]))
    InvoiceLine.objects.bulk_create(lines)
    _post(found, lines)


def _earlier(rows):
    """{row id: [Billed]} of what is on bases already."""
    found = {}
    lines = InvoiceLine.objects.standing().filter(row__in=[row.pk for row in rows]).order_by("pk")
    for row, *facts in lines.values_list("row", *Billed._fields):
        found.setdefault(row, []).append(Billed(*facts))
    return found


def _line(basis, one, earlier, rates):
    row, then = one.row, _as_then(one)
    percent = then.vat_percent if then else rates.percent(row.vat_code_id, one.on) or ZERO
    return InvoiceLine(
        basis=basis,
        row=row,
        delivered=one.delivered,
        is_credit=bool(one.credits) and one.delivered is not None,
        turn=one.turn,
        delivered_on=one.on,
        delivery_note=one.note,
        quantity=one.quantity,
        unit_price=(then or row).unit_price,
        discount=(then or row).discount,
        setup_price=setup_in(one, earlier),
        amount=worth_of(one, earlier),
        vat_code=then.vat_code if then else row.vat_code.code if row.vat_code_id else "",
        vat_percent=percent,
    )


def _as_then(one):
    """The line whose price and VAT a credit has, and what stays of a delivery; None is those of the row now."""
    return one.credits[-1] if one.credits else one.replaces


def _post(found, lines):
    """A delivery is posted as its row is now, a credit as what it takes back was."""
    postings, vat = Postings([line.row for line in lines]), VatSoFar()
    costs = _costs(found) if set(COSTS) & set(postings.types) else {}
    codes = dict(Dimension.objects.values_list("pk", "code"))
    made = []
    for one, line in zip(found, lines, strict=True):
        if one.credits:
            made += [_undone(line, posting) for credited in one.credits for posting in credited.postings.all()]
            continue
        for kind, whole in _wholes(line, costs.get(one, ZERO), postings.types):
            made += _shares(line, kind, whole, postings.of_type(line.row, kind), vat, codes)
    InvoicePosting.objects.bulk_create(made)


def _undone(line, posting):
    kept = {name: getattr(posting, name) for name in ("account_type", "account_id", "share", "specification")}
    minus = {name: -getattr(posting, name) for name in ("amount", "vat", "cost")}
    return InvoicePosting(line=line, dimensions=posting.dimensions, **kept, **minus)


def _wholes(line, cost, types):
    """[(account type, what is posted there)]: the setup price has an account of its own where the setting says so."""
    setup = rounded(line.setup_price, line.row.order.currency)
    apart = setup if AccountType.SETUP in types else ZERO
    wholes = {AccountType.SALES: line.amount - apart, AccountType.SETUP: apart}
    wholes |= {AccountType.MATERIAL: cost, AccountType.STOCK: -cost}
    return [(kind, wholes[kind]) for kind in types if wholes[kind] or kind == AccountType.SALES]


def _costs(found):
    """{Waiting: what its goods cost at standard price, in the company's currency}; those of credits are copied."""
    made = [one for one in found if not one.credits]
    kits, by_parts = standards_of([one.row for one in made if one.delivered is None]), counts_parts()
    return {one: _cost(one) if one.delivered else _kit_cost(one, kits[one.row.pk], by_parts) for one in made}


def _cost(one):
    base = one.base.copy_sign(one.quantity)  # an additional row may be a deduction
    return rounded(standard_price_of(one.row) * base, one.row.order.document.company.currency)


def _kit_cost(one, whole, by_parts):
    """As much of the whole as is invoiced; with the last ones, where the parts are what counts, what left of these."""
    if whole is None:
        raise Refused(f"{one.row} cannot be counted in the base units of its parts: what it costs is not known.")
    share = Fraction(one.quantity) / Fraction(one.row.quantity)
    if by_parts and one.cost_share is not None and one.row.standard_price is None:
        share = one.cost_share
    return rounded(whole * share.numerator / share.denominator, one.row.order.document.company.currency)


def _shares(line, kind, whole, postings, vat, codes):
    order = line.row.order
    invoiced = kind in {AccountType.SALES, AccountType.SETUP}
    currency = order.currency if invoiced else order.document.company.currency
    return [
        InvoicePosting(
            line=line,
            account_type=kind,
            account=posting.account,
            share=posting.share,
            amount=amount if invoiced else ZERO,
            vat=vat.of(amount, order=order, percent=line.vat_percent) if invoiced else ZERO,
            cost=ZERO if invoiced else amount,
            specification=posting.specification,
            dimensions={codes[pk]: value.code for pk, value in posting.values.items()},
        )
        for posting, amount in zip(postings, shares_of(whole, postings, currency), strict=True)
    ]


@operation
def approve_invoice_basis(*, basis, by):
    """Mark the invoices of a basis as approved: its deliveries stand from now on, and its fixed assets are sold."""
    orders = basis.lines.order_by().values_list("row__order__document", flat=True)
    lock_ids(documents=set(orders))
    basis = InvoiceBasis.objects.get(pk=basis.pk)
    if basis.approved_on:
        raise Refused(f"{basis} was approved on {basis.approved_on}.")
    if basis.withdrawn_on:
        raise Refused(f"{basis} was withdrawn on {basis.withdrawn_on} by {basis.withdrawn_by}.")

    basis.approved_on, basis.approved_by = business_date(), by
    basis.save(update_fields=["approved_on", "approved_by"])
    _let_stand(basis)
    rows = SalesOrderRow.objects.filter(invoice_lines__basis=basis, fixed_asset__isnull=False).distinct()
    for row in rows.select_related("fixed_asset", "order__document__company"):
        _sell(row, basis.approved_on)
    return basis


@operation
def withdraw_invoice_basis(*, basis, by, reason=""):
    """Take back a basis of which no invoice is approved: its deliveries wait to be exported again, as they are then.

    Its lines stay with it to be read. Refused where a later basis has lines of the same rows: that one first.
    """
    orders = basis.lines.order_by().values_list("row__order__document", flat=True)
    lock_ids(documents=set(orders))
    basis = InvoiceBasis.objects.select_related("withdrawn_by").get(pk=basis.pk)
    if basis.approved_on:
        raise Refused(f"{basis} was approved on {basis.approved_on}; what is invoiced stands.")
    if basis.withdrawn_on:
        raise Refused(f"{basis} was withdrawn on {basis.withdrawn_on} by {basis.withdrawn_by} already.")
    later = InvoiceLine.objects.standing().filter(row__in=basis.lines.values("row"), basis__gt=basis.pk)
    if line := later.select_related("basis", "row__order__document", "row__parent").order_by("-basis").first():
        raise Refused(f"{line.basis} has a later line of {line.row}: withdraw that one first.")

    basis.withdrawn_on, basis.withdrawn_by, basis.reason = business_date(), by, reason[:200]
    basis.save(update_fields=["withdrawn_on", "withdrawn_by", "reason"])
    basis.lines.update(withdrawn=True)
    return basis


def _let_stand(basis):
    """What is invoiced is not taken back any more; of a fictitious part that is what makes so many of it complete."""
    lines = basis.lines.filter(is_credit=False)
    ids = [*lines.exclude(delivered=None).values_list("delivered", flat=True), *_left_for_kits(basis, lines)]
    DeliveryRow.objects.filter(pk__in=ids, reversed_at=None, invoiced_at=None).update(invoiced_at=timezone.now())


def _left_for_kits(basis, lines):
    """The delivery rows of parts below fictitious parts: what left after the export waits for the next basis."""
    rows = lines.filter(delivered=None, quantity__gt=0).values("row")
    kits = kits_of(SalesOrderRow.objects.for_list().filter(pk__in=rows))
    billed = InvoiceLine.objects.standing().filter(row__in=[kit.row.pk for kit in kits], basis__lte=basis.pk)
    sums = dict(billed.order_by().values("row").annotate(total=Sum("quantity")).values_list("row", "total"))
    return [pk for kit in kits for pk in kit.left_for(sums[kit.row.pk])]


def _sell(row, day):
    """The sale of a fixed asset is registered with what all approved lines of its row come to.

    What belongs to a main object goes along for nothing. Nothing is sold while as much is credited as was delivered.
    """
    asset, order = row.fixed_asset, row.order
    approved = list(row.invoice_lines.standing().filter(basis__approved_on__isnull=False))
    sold_with = FixedAsset.objects.filter(main=asset)
    if sum(line.quantity for line in approved) * row.quantity > 0:
        currency = order.document.company.currency
        prices = [in_currency(line.amount, rate=order.exchange_rate, currency=currency) for line in approved]
        asset.sold_on, asset.sale_price = asset.sold_on or day, sum(prices, ZERO)
        sold_with.filter(sold_on=None).update(sold_on=day, sale_price=0)
    else:
        along = sold_with.filter(sold_on=asset.sold_on, sale_price=0, sales_row=None)
        along.update(sold_on=None, sale_price=None)
        asset.sold_on = asset.sale_price = None
    asset.save(update_fields=["sale_price", "sold_on"])
