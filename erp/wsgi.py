import os

from django.core.wsgi import get_wsgi_application

from erp.memory import collect_rarely

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
application = get_wsgi_application()
collect_rarely()
