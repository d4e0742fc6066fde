from django.urls import path

from purchasing.views import components, confirming, orders, receipts, rows, sending, splits, targets, terms

app_name = "purchasing"
urlpatterns = [
    path("orders/", orders.order_list, name="order_list"),
    path("orders/new/", orders.order_create, name="order_create"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/header/", orders.change_order, name="change_order"),
    path("orders/<int:pk>/draft/", orders.make_draft, name="make_draft"),
    path("orders/<int:pk>/paper/", sending.paper, name="paper"),
    path("orders/<int:pk>/send/", sending.send, name="send"),
    path("dispatches/<int:pk>/paper/", sending.dispatch_paper, name="dispatch_paper"),
    path("dispatches/<int:pk>/rows/", sending.dispatch_rows, name="dispatch_rows"),
    path("dispatches/<int:pk>/again/", sending.send_again, name="send_again"),
    path("orders/<int:pk>/confirm/", confirming.confirm, name="confirm"),
    path("orders/<int:pk>/recall/", orders.recall, name="recall"),
    path("orders/<int:pk>/cancel/", orders.cancel, name="cancel"),
    path("orders/<int:pk>/close/", orders.close, name="close"),
    path("orders/<int:pk>/rows/", rows.add_row, name="add_row"),
    path("rows/", rows.row_list, name="row_list"),
    path("rows/<int:pk>/", rows.row, name="row"),
    path("rows/<int:pk>/edit/", rows.change_row, name="change_row"),
    path("rows/<int:pk>/remove/", rows.remove_row, name="remove_row"),
    path("rows/<int:pk>/split/", splits.split_row, name="split_row"),
    path("rows/<int:pk>/close/", rows.short_close, name="short_close"),
    path("rows/<int:pk>/receive/", receipts.receive, name="receive"),
    path("rows/<int:pk>/components/", components.component_list, name="component_list"),
    path("rows/<int:pk>/components/<int:demand_pk>/", components.link_to_component, name="link_to_component"),
    path("rows/<int:pk>/waiting/<int:demand_pk>/", components.link_waiting, name="link_waiting"),
    path("receipts/<int:pk>/reverse/", receipts.reverse, name="reverse"),
    path("rejects/<int:pk>/take-back/", receipts.take_back_reject, name="take_back_reject"),
    path("terms/", terms.term_list, name="term_list"),
    path("parts/<int:pk>/terms/", terms.part_terms, name="part_terms"),
    path("suppliers/<int:pk>/", terms.supplier, name="supplier"),
    path("targets/", targets.target_list, name="target_list"),
    path("targets/order/", targets.order_targets, name="order_targets"),
]
