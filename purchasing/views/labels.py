"""Labels of what was received, and where their codes lead."""

from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET

from erp.register.access import requires
from erp.web.answers import pdf_answer
from purchasing.labels import labels_of, posted_with, receipts
from purchasing.printing import labels_of as pdf_of_labels


@require_GET
@requires("read")
def label_sheet(request, pk):
    """One label per demand and one for the free rest, of all that was posted with a receipt; with ``one`` only its."""
    movement = get_object_or_404(receipts(), pk=pk)
    movements = [movement] if "one" in request.GET else posted_with(movement)
    labels = labels_of(movements, absolute=request.build_absolute_uri)
    return pdf_answer(pdf_of_labels(labels), f"labels-{pk}")


@require_GET
@requires("read")
def receipt(request, pk):
    """Where a label's code leads: to the demand that the goods are for, or to the balance that they are free on."""
    movement = get_object_or_404(receipts(), pk=pk)
    if movement.link_id:
        return redirect("linkage:demand", movement.link.demand_id)
    return redirect("linkage:supply", movement.to_stock_id)
