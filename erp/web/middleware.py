"""What every answer has in common: refusals become sentences, fragments are never cached as pages."""

from django.contrib import messages
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import reswap, retarget

from erp.exceptions import Refused


class RefusalMiddleware:
    """Shows what a rule says no with: 409, the sentence into ``#messages``, the planner's input untouched."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def process_exception(self, request, exception):
        if not isinstance(exception, Refused):
            return None
        messages.error(request, str(exception))
        context = {"refusal": exception}
        if request.htmx:
            return reswap(
                retarget(render(request, "web/_messages.html", context, status=409), "#messages"), "outerHTML"
            )
        return render(request, "web/refused.html", context, status=409)
