"""What is odd about the environment, said at every start."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, register


@register
def names_that_are_not_read(**_: Any) -> list[CheckMessage]:
    """Variables of older systems that somebody set in the belief that they do something."""
    return [
        Info(f"{name} is not read: {instead}.", id="core.I001")
        for name, instead in settings.VARIABLES_NOT_READ.items()
        if os.environ.get(name)
    ]
