"""Images of formatted texts: taken in by the editor, shown on pages."""

from django import forms
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from erp.exceptions import Refused
from erp.register.access import requires
from sales import operations
from sales.models import TextImage
from sales.operations.texting import MOST_BYTES, too_large
from sales.views.panels import found_or_404


class ImageForm(forms.Form):
    image = forms.FileField(error_messages={"required": _("Choose an image."), "empty": _("The file is empty.")})


@require_POST
@requires("sales.write")
def text_image_new(request):
    """Take an image in; answers the editor with its address, or with the sentence why not."""
    form = ImageForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"trouble": form.errors["image"][0]}, status=422)
    file = form.cleaned_data["image"]
    if file.size > MOST_BYTES:  # before it is read into memory
        return JsonResponse({"trouble": too_large(file.name, file.size)}, status=409)
    try:
        image = operations.add_text_image(content=file.read(), name=file.name, by=request.user)
    except Refused as refusal:  # the editor shows it beside itself, not among the messages of the next page
        return JsonResponse({"trouble": str(refusal)}, status=409)
    return JsonResponse({"url": reverse("sales:text_image", args=[image.pk]), "name": image.name})


@require_GET
@requires("read")
def text_image(request, pk):
    """The image; it never changes, and is nothing but an image to whoever opens it."""
    image = found_or_404(TextImage.objects.all(), pk)
    answer = HttpResponse(bytes(image.content), content_type=image.content_type)
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
