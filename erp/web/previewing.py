"""The page between a form and its save: what the change does to other orders, and the choices."""

from dataclasses import dataclass, field

from django.shortcuts import render
from django_htmx.http import reswap, retarget

CHOICE = "choice-"
OWN = {"csrfmiddlewaretoken", "seen", "save_change", "look_again"}


@dataclass(frozen=True)
class Asked:
    """What a posted form says about a preview. A form that has seen none says nothing."""

    answers: dict = field(default_factory=dict)
    seen: str | None = None
    saves: bool = False

    @property
    def looks(self):
        """A preview is on the screen already."""
        return self.seen is not None


def asked(request):
    posted = request.POST
    answers = {name.removeprefix(CHOICE): value for name, value in posted.items() if name.startswith(CHOICE)}
    return Asked(answers, posted.get("seen"), "save_change" in posted)


def ask_change(request, report, *, title, action, back):
    """The preview with its choices: in the dialog for htmx, a page of its own otherwise; the typed form goes along."""
    names = [name for name in request.POST if name not in OWN and not name.startswith(CHOICE)]
    typed = [(name, value) for name in names for value in request.POST.getlist(name)]
    context = {"report": report, "title": title, "action": action, "back": back, "typed": typed}
    status = 409 if report.note else 200
    if not request.htmx:
        return render(request, "web/change.html", context, status=status)
    response = render(request, "web/_change.html", context, status=status)
    if "seen" in request.POST:
        return response
    return reswap(retarget(response, "#dialog-body"), "innerHTML")
