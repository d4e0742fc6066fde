from django.db import migrations

# What was sent before the supplier's knowledge was kept is known as it stands, a confirmed date as it was confirmed.
KNOWN = """
update purchasing_purchaseorderrow r
set wanted_quantity = r.quantity, agreed_quantity = r.quantity, agreed_on = coalesce(r.confirmed_on, s.due_date),
    agreed_price = r.price, agreed_discount = r.discount
from linkage_supply s, purchasing_purchaseorder o
where s.id = r.supply_id and o.id = r.order_id and o.status in ('sent', 'confirmed', 'partly_received')
  and s.due_date is not null
"""


class Migration(migrations.Migration):

    dependencies = [
        ('purchasing', '0003_what_the_supplier_knows'),
    ]

    operations = [migrations.RunSQL(KNOWN, migrations.RunSQL.noop)]
