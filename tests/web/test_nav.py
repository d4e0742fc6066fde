"""The menu names pages that there are."""

import pytest
from django.urls import reverse

from erp.web.nav import MENU

PAGES = [page for _title, pages in MENU for page in pages]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_of_the_menu_exists(page):
    assert page.url == reverse(page.name)
