"""Pieces that are here lie where they arrived, as far as there are so many; nobody knows the others: a count finds them."""

from django.db import migrations

LIE = """
update linkage_serialnumber p set shelf_id = found.shelf
from (
  select n.id, m.to_stock_id shelf, s.quantity, row_number() over (partition by m.to_stock_id order by n.id) place
  from linkage_serialnumber n
  join linkage_stockmovement m on m.id = n.arrival_id
  join linkage_supply s on s.id = m.to_stock_id
  where n.departure_id is null
) found
where found.id = p.id and found.place <= found.quantity
"""


class Migration(migrations.Migration):
    dependencies = [("linkage", "0007_pieces_know_their_shelf")]

    operations = [migrations.RunSQL(LIE, migrations.RunSQL.noop)]
