from django.urls import path

from sales.views import actions, making, orders, rows

app_name = "sales"
urlpatterns = [
    path("", orders.order_list, name="order_list"),
    path("new/", orders.order_create, name="order_create"),
    path("linked-orders/", actions.linked_orders, name="linked_orders"),
    path("<int:pk>/", orders.order, name="order"),
    path("<int:pk>/change/", orders.order_change, name="order_change"),
    path("<int:pk>/register/", orders.order_register, name="order_register"),
    path("<int:pk>/confirm/", orders.order_confirm, name="order_confirm"),
    path("<int:pk>/cancel/", orders.order_cancel, name="order_cancel"),
    path("<int:pk>/close/", orders.order_close, name="order_close"),
    path("<int:pk>/copy/", orders.order_copy, name="order_copy"),
    path("<int:pk>/timeline/", orders.order_timeline, name="order_timeline"),
    path("<int:pk>/supplies/", orders.order_supplies, name="order_supplies"),
    path("<int:pk>/deliveries/", orders.order_deliveries, name="order_deliveries"),
    path("<int:pk>/production-orders/", making.make_orders, name="make_orders"),
    path("<int:pk>/production-orders/ticked/", making.make_ticked, name="make_ticked"),
    path("<int:pk>/purchase-orders/", actions.buy_orders, name="buy_orders"),
    path("<int:pk>/linked-orders/", actions.linked_orders_of, name="linked_orders_of"),
    path("<int:pk>/split/", actions.split_ticked, name="split_ticked"),
    path("<int:pk>/disconnect/", actions.disconnect_ticked, name="disconnect_ticked"),
    path("<int:pk>/rows/new/", rows.row_new, name="row_new"),
    path("<int:pk>/rows/cancel/", rows.row_cancel, name="row_cancel"),
    path("rows/", orders.row_list, name="row_list"),
    path("rows/<int:pk>/", rows.row, name="row"),
    path("rows/<int:pk>/read/", rows.row_read, name="row_read"),
    path("rows/<int:pk>/edit/", rows.row_edit, name="row_edit"),
    path("rows/<int:pk>/delete/", rows.row_delete, name="row_delete"),
    path("rows/<int:pk>/split/", actions.row_split, name="row_split"),
    path("rows/<int:pk>/disconnect/", actions.row_disconnect, name="row_disconnect"),
    path("rows/<int:pk>/text/", rows.text_below, name="text_below"),
    path("rows/<int:pk>/total/", rows.row_total, name="row_total"),
    path("rows/<int:pk>/deliver/", actions.row_deliver, name="row_deliver"),
    path("rows/<int:pk>/deliveries/<int:movement_pk>/reverse/", actions.delivery_reverse, name="delivery_reverse"),
]
