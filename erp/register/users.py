"""Users that are not people."""

from erp.register.models import User


def night_user():
    """Who the nightly commands work as: named in every history, never able to log in."""
    user, created = User.objects.get_or_create(
        username="night", defaults={"first_name": "Night", "last_name": "run", "is_active": False}
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
