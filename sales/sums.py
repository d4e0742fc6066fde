"""What all rows of an order come to, summed by the database: a page of the grid shows a hundred of them."""

from django.db.models import Sum

from erp.money import decimals_of, in_currency
from erp.register import settings_registry
from linkage.queries.sql import named_rows
from sales.money import ZERO, Totals, with_amounts
from sales.statuses import OrderStatus
from sales.vat import vat_lines

# Each row is rounded by itself, half away from zero, as ``sales.money`` does it. A unit is read as
# ``erp.register.units`` reads it: the part's own conversion before the general one, in both directions; a row without
# one costs nothing here. A fictitious part is left as long as one of its parts is, and costs what they cost by setting.
# What few rows need is asked for those alone: the date of a main row, a conversion, a discount. A VAT rate is found for
# all rows of one code and day at once. With "offset 0" an amount is reckoned once, not for each sum that it is in.
AMOUNT = """case when {r}.discount = 0 and {r}.setup_price is null and {r}.rounding = 0
      then round({r}.quantity * {r}.unit_price, %(own)s)
      else round(round({r}.quantity * {r}.unit_price * (100 - {r}.discount) * 0.01 + coalesce({r}.setup_price, 0),
        %(own)s) + {r}.rounding, %(own)s) end"""
STANDARD = """round(coalesce(r.standard_price, p.standard_price, 0) * coalesce(
      d.quantity,
      case when p.id is null or r.unit_id = p.unit_id then r.quantity end,
      (
        select case when c.base = trunc(c.base, u.decimals) then c.base end
        from register_unit u
        cross join lateral (
          select round(case when v.unit_id = r.unit_id then r.quantity * v.numerator / v.denominator
            else r.quantity * v.denominator / v.numerator end, 6) base
          from register_unitconversion v
          where (v.part_id = p.id or v.part_id is null)
            and ((v.unit_id = r.unit_id and v.base_id = u.id) or (v.unit_id = u.id and v.base_id = r.unit_id))
          order by v.part_id nulls last limit 1
        ) c
        where u.id = p.unit_id
      )
    ), %(theirs)s)"""
# What is left of a row of which something is delivered; null where all of it is.
OPEN = """case when d.id is null then case when r.closed_at is not null then 0 end
      when d.done <> 0 or d.cancelled <> 0 then greatest(d.quantity - d.done - d.cancelled, 0) end"""
STANDS = """r.order_id = %(order)s and r.row_type in (1, 2) and d.status is distinct from 'cancelled'
    and not r.called_off and %(stands)s"""
TOTALS = f"""
with parts as (
  select m.id, {AMOUNT.format(r="m")} amount, coalesce({OPEN}, d.quantity, 1) open, coalesce(d.quantity, 1) whole,
    {STANDARD} standard
  from sales_salesorderrow r
  join sales_salesorderrow m on m.id = r.parent_id
  left join linkage_demand d on d.id = r.demand_id
  left join register_part p on p.id = r.part_id
  where {STANDS} and r.position is null and r.role = 'part'
), kits as (
  select id, case when amount < 0 then min(round(amount * open / whole, %(own)s))
      else max(round(amount * open / whole, %(own)s)) end remaining,
    case when bool_and(standard is not null) then sum(standard) end standard
  from parts group by id, amount
), days as (
  select g.vat_code_id, g.tax_day, sum(g.amount) amount,
    sum(case when k.id is not null then k.remaining when g.open is null then g.amount
      else round(g.amount * g.open / g.whole, %(own)s) end) remaining,
    sum(case when %(rate)s = 1 and %(own)s <= %(theirs)s then g.amount
      else round(g.amount * %(rate)s, %(theirs)s) end) in_company,
    sum(case when k.id is not null and g.standard_price is null and %(by_parts)s then k.standard
      else g.standard end) standard
  from (
    select r.id, r.vat_code_id, {AMOUNT.format(r="r")} amount, r.standard_price,
      {OPEN} open, coalesce(d.quantity, 1) whole, {STANDARD} standard,
      coalesce(
        r.delivery_date, (select m.delivery_date from sales_salesorderrow m where m.id = r.parent_id), %(ordered_on)s
      ) tax_day
    from sales_salesorderrow r
    left join linkage_demand d on d.id = r.demand_id
    left join register_part p on p.id = r.part_id
    where {STANDS} and r.role <> 'part' offset 0
  ) g left join kits k on k.id = g.id
  group by g.vat_code_id, g.tax_day
)
select coalesce(v.percent, 0) vat_percent, sum(amount) amount, sum(remaining) remaining, sum(in_company) in_company,
  coalesce(sum(standard), 0) standard
from days left join lateral (
  select t.percent from sales_vatrate t
  where t.vat_code_id = days.vat_code_id and t.valid_from <= days.tax_day
  order by t.valid_from desc limit 1
) v on true
group by coalesce(v.percent, 0)
"""


def totals_of(order):
    """The sums below the row grid, in one statement: a line for each VAT rate."""
    company = order.document.company.currency
    asked = {
        "order": order.pk,
        "stands": order.status != OrderStatus.CANCELLED,
        "rate": order.exchange_rate,
        "own": decimals_of(order.currency),
        "theirs": decimals_of(company),
        "ordered_on": order.document.ordered_on,
        "by_parts": settings_registry.get("kit_cost_from") == "parts",
    }
    sums = named_rows("Sums", TOTALS, asked)
    remaining = sum((one.remaining for one in sums), ZERO)
    return Totals(
        currency=order.currency,
        company_currency=company,
        rate=order.exchange_rate,
        amount=sum((one.amount for one in sums), ZERO),
        remaining=remaining,
        amount_in_company=sum((one.in_company for one in sums), ZERO),
        remaining_in_company=in_currency(remaining, rate=order.exchange_rate, currency=company),
        standard_in_company=sum((one.standard for one in sums), ZERO),
        vat_lines=tuple(_vat_of(sums, order, company)),
    )


def _vat_of(sums, order, company):
    amounts = ((one.vat_percent, one.amount) for one in sums)
    return vat_lines(amounts, currency=order.currency, rate=order.exchange_rate, company_currency=company)


def sums_of_totals(order, totals):
    """{id of a total row: what the rows that it sums come to}, in one statement."""
    if not totals:
        return {}
    rows = order.rows.goods().filter(total_row__in=totals).standing()
    if order.status == OrderStatus.CANCELLED:
        rows = rows.none()
    sums = with_amounts(rows).order_by().values("total_row").annotate(total=Sum("amount"))
    return {row.pk: ZERO for row in totals} | dict(sums.values_list("total_row", "total"))
