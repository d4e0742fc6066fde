from django.urls import path

from production.views import boms, lines, orders, splits

app_name = "production"
urlpatterns = [
    path("orders/", orders.order_list, name="order_list"),
    path("orders/new/", orders.order_create, name="order_create"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/header/", orders.change_header, name="change_header"),
    path("orders/<int:pk>/release/", orders.release, name="release"),
    path("orders/<int:pk>/take-back/", orders.take_back, name="take_back"),
    path("orders/<int:pk>/start/", orders.start, name="start"),
    path("orders/<int:pk>/undo-start/", orders.undo_start, name="undo_start"),
    path("orders/<int:pk>/close/", orders.close, name="close"),
    path("orders/<int:pk>/hold/", orders.hold, name="hold"),
    path("orders/<int:pk>/unhold/", orders.unhold, name="unhold"),
    path("orders/<int:pk>/cancel/", orders.cancel, name="cancel"),
    path("orders/<int:pk>/make-components/", orders.make_components, name="make_components"),
    path("orders/<int:pk>/buy/", orders.buy, name="buy"),
    path("lines/<int:pk>/change/", lines.change_line, name="change_line"),
    path("lines/<int:pk>/finish/", lines.finish, name="finish"),
    path("lines/<int:pk>/split/", splits.split, name="split"),
    path("lines/<int:pk>/re-explode/", lines.re_explode, name="re_explode"),
    path("lines/<int:pk>/add-component/", lines.add_component, name="add_component"),
    path("components/<int:pk>/remove/", lines.remove_component, name="remove_component"),
    path("components/<int:pk>/issue/", lines.issue_component, name="issue_component"),
    path("reports/<int:pk>/undo/", lines.undo_report, name="undo_report"),
    path("boms/", boms.bom_list, name="bom_list"),
    path("boms/new/", boms.bom_create, name="bom_create"),
    path("boms/<int:pk>/", boms.bom, name="bom"),
    path("boms/<int:pk>/active/", boms.set_active, name="set_active"),
    path("boms/<int:pk>/rows/", boms.add_row, name="add_row"),
    path("boms/<int:pk>/add-to-inventory/", boms.add_to_inventory, name="add_to_inventory"),
    path("boms/rows/<int:pk>/", boms.bom_row, name="bom_row"),
    path("boms/rows/<int:pk>/edit/", boms.edit_row, name="edit_row"),
    path("boms/rows/<int:pk>/remove/", boms.remove_row, name="remove_row"),
]
