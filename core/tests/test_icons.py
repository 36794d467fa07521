"""The sprite holds the icons that are used: all of them, and no others."""

import re
from pathlib import Path

from django.conf import settings

from core.templatetags import components

ROOT = Path(settings.BASE_DIR)
SPRITE = ROOT / "static" / components.SPRITE


def test_every_icon_is_there_and_every_one_that_is_there_is_used():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text()))
    pages = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    named = set(re.findall(r'{% icon "([\w-]+)" %}', pages))
    named |= set(components.STATUS_ICONS.values())
    named |= {icon for _tone, icon in components.LEVEL_ICONS.values()}

    assert drawn == named


def test_an_icon_says_nothing_to_a_screen_reader():
    assert components.icon("x-lg") == (
        '<svg class="icon" aria-hidden="true">'
        '<use href="/static/vendor/bootstrap-icons/sprite.svg#x-lg"></use></svg>'
    )
