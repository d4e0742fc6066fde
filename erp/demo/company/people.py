"""The people of the demo company. A login that exists already is somebody else's and stays as it is."""

from django.contrib.auth.hashers import make_password

from erp.demo.logins import LOGINS, PASSWORD
from erp.register.models import User
from erp.register.roles import ADMIN, ensure_roles

NAMES = {
    "seller": ("Sanna", "Laine"),
    "planner": ("Petri", "Koskela"),
    "buyer": ("Birgitta", "Holm"),
    "foreman": ("Farid", "Nasser"),
    "warehouse": ("Veikko", "Salo"),
    "viewer": ("Vera", "Lind"),
    "admin": ("Anna", "Mäkelä"),
}


def ensure_people():
    """{role: user}, one for each login, with its role."""
    roles = ensure_roles()
    password = make_password(PASSWORD)  # once: it is the same for all, and slow on purpose
    people = {}
    for login in LOGINS:
        first, last = NAMES[login]
        facts = {"first_name": first, "last_name": last, "password": password, "is_staff": login == ADMIN}
        people[login], created = User.objects.get_or_create(username=login, defaults=facts)
        if created:
            people[login].groups.add(roles[login])
    return people
