"""Lines on bases say which setup price they carry: until now the first of a row did, and what took it back."""

from django.db import migrations

CARRY = """
with carriers as (
  select l.id, l.delivered_id, r.setup_price from (
    select id, row_id, delivered_id, quantity,
      coalesce(sum(quantity) over (partition by row_id order by id rows between unbounded preceding and 1 preceding), 0) before
    from sales_invoiceline where not withdrawn
  ) l join sales_salesorderrow r on r.id = l.row_id
  where l.before = 0 and l.quantity > 0 and r.setup_price > 0
)
update sales_invoiceline l set setup_price = case when l.id = c.id then c.setup_price else -c.setup_price end
from carriers c
where l.id = c.id or (l.is_credit and not l.withdrawn and l.delivered_id = c.delivered_id)
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0020_setup_price_of_invoice_lines")]

    operations = [migrations.RunSQL(CARRY, migrations.RunSQL.noop)]
