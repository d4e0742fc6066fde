"""Stock: balances, movements, adjusting, moving and taking back."""

from functools import partial

from django.db.models import Sum
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from erp.exceptions import Refused
from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, say_done
from erp.web.listing import list_view
from linkage import operations
from linkage.dates import business_date
from linkage.filters import MovementFilter, StockFilter
from linkage.forms import AdjustForm, MoveForm, NumberArrivalForm, ReasonForm
from linkage.models import SerialNumber, StockMovement, Supply
from linkage.models.movements import MovementKind
from linkage.operation import was_posted
from linkage.operations.counting import count_stock
from linkage.operations.numbering import ARRIVED, nameless
from linkage.serials import in_words
from linkage.tables import REVERSED_IN_THE_LIST, MovementTable, StockTable
from linkage.views.answering import dialog, done

MOVED = ("part__unit", "supply__document", "supply__warehouse", "from_stock__warehouse", "to_stock__warehouse")
CAUSE = ("demand__document", "demand__for_supply", "created_by", "reversed_by")


@require_GET
@requires("read")
def stock_list(request):
    return list_view(
        request,
        queryset=Supply.objects.stock().for_list(),
        table_class=StockTable,
        filterset_class=StockFilter,
        title=_("Balances"),
        template="linkage/stock_list.html",
        totals={"quantity": Sum("quantity"), "allocated": Sum("allocated"), "free": Sum("free")},
        context={"may_write": may(request.user, "stock.write")},
    )


@require_GET
@requires("read")
def movements(request):
    may_write = may(request.user, "stock.write")
    return list_view(
        request,
        queryset=StockMovement.objects.select_related(*MOVED, *CAUSE),
        table_class=partial(MovementTable, may_reverse=may_write),
        filterset_class=MovementFilter,
        title=_("Movements"),
        template="linkage/stock_list.html",
        context={"may_write": may_write},
    )


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def adjust(request):
    """Adjust, waste or count one balance."""
    title = _("Adjust stock")
    if request.method == "GET":
        initial = {name: request.GET.get(name, "")[:100] for name in ("part", "warehouse", "kind")}
        return stock_form(request, AdjustForm(initial=initial), title)
    form = AdjustForm(request.POST)
    if not form.is_valid():
        return stock_form(request, form, title, status=422)
    made = _adjust(form, by=request.user)
    if not made:
        say_done(request, _("The count agrees with the balance; nothing to post."))
    else:
        undo = reverse("linkage:movement_reverse", args=[made[0].pk]) if len(made) == 1 else ""
        say_done(request, _("The balance is changed."), undo_url=undo)
    return go(request, "linkage:stock_list")


def _adjust(form, *, by):
    facts = {**form.cleaned_data, "by": by, "key": form.key, "effective_on": business_date()}
    quantity = facts.pop("quantity")
    if facts["kind"] == MovementKind.COUNT:
        del facts["kind"]
        return count_stock(counted=quantity, **facts)
    signed = -quantity if facts["kind"] == MovementKind.WASTE else quantity
    return [operations.adjust_stock(quantity=signed, **facts)]


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def move(request):
    """Move free goods from one warehouse to another."""
    title = _("Move stock")
    if request.method == "GET":
        initial = {"part": request.GET.get("part", "")[:100], "from_warehouse": request.GET.get("warehouse", "")[:100]}
        return stock_form(request, MoveForm(initial=initial), title)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return stock_form(request, form, title, status=422)
    made = operations.move_stock(**form.cleaned_data, by=request.user, key=form.key, effective_on=business_date())
    say_done(request, _("The goods are moved."), undo_url=reverse("linkage:movement_reverse", args=[made.pk]))
    return go(request, "linkage:stock_list")


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def movement_reverse(request, pk):
    """Ask once, then take an adjustment, waste, count or move back."""
    movement = get_object_or_404(StockMovement.objects.select_related(*MOVED, *CAUSE), pk=pk)
    if movement.kind not in REVERSED_IN_THE_LIST:
        raise Refused(_("%(movement)s is undone on its order.") % {"movement": movement})
    form = ReasonForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return dialog(request, "linkage/_reverse.html", {"movement": movement, "form": form}, status=status)
    operations.reverse(
        movement=movement, **form.cleaned_data, by=request.user, key=form.key, effective_on=business_date()
    )
    say_done(request, _("The movement is reversed."))
    return done(request, "linkage:movements")


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def movement_serials(request, pk):
    """The serial numbers of what came with a movement, and a form for pieces without one."""
    arrived = StockMovement.objects.filter(**ARRIVED).select_related(*MOVED, *CAUSE)
    movement = get_object_or_404(arrived, pk=pk)
    numbers = list(SerialNumber.objects.filter(arrival=movement).order_by("number").values_list("number", flat=True))
    without = nameless(movement)
    form = NumberArrivalForm(request.POST or None, without=without)
    if form.is_bound and was_posted(form.key, by=request.user):
        say_done(request, _("This form was posted before; nothing is posted a second time."))
        return done(request, "linkage:movements")
    if form.is_bound and form.is_valid():
        operations.number_arrival(movement=movement, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("The pieces of %(movement)s have their numbers.") % {"movement": movement})
        return done(request, "linkage:movements")
    context = {"movement": movement, "form": form, "numbers": in_words(numbers), "without": without}
    return dialog(request, "linkage/_movement_serials.html", context, status=422 if form.is_bound else 200)


def stock_form(request, form, title, *, status=200):
    template = "linkage/_stock_form.html" if request.htmx else "linkage/stock_form.html"
    return render(request, template, {"form": form, "title": title}, status=status)
