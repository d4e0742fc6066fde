"""Looking at sales orders; they are written by operations only."""

from django.contrib import admin

from erp.web.looking import LookingAdmin
from sales.models import SalesOrder, SalesOrderRow


@admin.register(SalesOrder)
class SalesOrderAdmin(LookingAdmin):
    list_display = ["document", "customer", "status", "warehouse"]
    list_filter = ["status"]
    list_select_related = ["document__partner", "warehouse"]
    search_fields = ["document__number", "customer_order_number"]


@admin.register(SalesOrderRow)
class SalesOrderRowAdmin(LookingAdmin):
    list_display = ["__str__", "part", "quantity", "unit", "delivery_date", "row_status"]
    list_filter = ["row_status"]
    list_select_related = ["order__document", "part", "unit"]
    search_fields = ["order__document__number", "part__number"]
