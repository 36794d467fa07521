"""Text and marks stand out from what they stand on (WCAG 2.2 AA), in both themes."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
GROUNDS = ["paper", "surface", "surface-sunk"]
TEXTS = [
    "ink",
    "ink-soft",
    "accent-text",
    "queued",
    "running",
    "completed",
    "failed",
    "waiting",
    "cancelled",
]


def theme(name: str) -> dict[str, str]:
    block = re.search(rf'\[data-bs-theme="{name}"\] {{(.*?)}}', TOKENS, re.DOTALL)
    assert block
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6}|\d+%);", block[1]))


def rgb(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def luminance(colour: list[float]) -> float:
    parts = [value / 255 for value in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: list[float], other: list[float]) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read_on_every_ground(name, text):
    colours = theme(name)

    for ground in GROUNDS:
        assert contrast(rgb(colours[text]), rgb(colours[ground])) >= 4.5, ground


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("tone", TEXTS[3:])
def test_a_state_can_be_read_on_its_own_tint(name, tone):
    colours = theme(name)
    share = int(colours["tint"].rstrip("%")) / 100
    pairs = zip(rgb(colours[tone]), rgb(colours["surface"]), strict=True)
    tinted = [share * mixed + (1 - share) * ground for mixed, ground in pairs]

    assert contrast(rgb(colours[tone]), tinted) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
def test_buttons_and_the_edges_of_fields_can_be_seen(name):
    colours = theme(name)

    for button in ("accent", "accent-strong"):
        assert contrast(rgb(colours["on-accent"]), rgb(colours[button])) >= 4.5
    for ground in ("paper", "surface"):
        assert contrast(rgb(colours["line-control"]), rgb(colours[ground])) >= 3
        assert contrast(rgb(colours["accent"]), rgb(colours[ground])) >= 3
