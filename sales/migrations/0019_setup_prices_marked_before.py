"""One mark stood for price and setup price: where both may have been typed, both stay marked."""

from django.db import migrations

BOTH = """
    update sales_salesorderrow set setup_priced_in = priced_in where priced_in <> '' and setup_price <> 0;
"""
PRICE = """
    update sales_salesorderrow set priced_in = '' where setup_priced_in <> '' and row_type = 1 and not price_locked;
"""
AS_ONE = """
    update sales_salesorderrow set priced_in = setup_priced_in where priced_in = '' and setup_priced_in <> '';
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0018_setup_price_marked_by_itself")]

    operations = [migrations.RunSQL([BOTH, PRICE], AS_ONE)]
