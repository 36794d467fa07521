"""Presets, cookies and looks in the back office."""

from django.test import Client

from accounts.models import User
from downloads.models import CookieJar, Listing, Preset
from downloads.tests.build import make_jar, make_listing

PRESETS = "/admin/downloads/preset/"


def add(client: Client, **over: str):
    wishes = {"name": "Projector", "quality": "720p", "format": "mp4", "position": "1"}
    return client.post(f"{PRESETS}add/", {**wishes, "enabled": "on", **over})


def test_staff_add_a_preset(clara_client: Client):
    assert add(clara_client).status_code == 302

    made = Preset.objects.get()
    assert (made.name, made.quality, made.audio_only) == ("Projector", "720p", False)


def test_wishes_that_do_not_go_together_are_refused_at_the_field(clara_client: Client):
    answer = add(clara_client, audio_only="on")

    assert answer.status_code == 200
    assert "This format does not go with" in answer.content.decode()
    assert not Preset.objects.exists()


def test_one_preset_at_a_time_is_chosen_at_first(clara_client: Client):
    old = Preset.objects.create(name="Old", is_default=True)
    new = Preset.objects.create(name="New")

    ticked = {"action": "choose_at_first", "_selected_action": [new.pk]}
    clara_client.post(PRESETS, ticked)

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.is_default, new.is_default) == (False, True)


def test_staff_forget_cookies_and_cannot_read_them(clara_client: Client, ana: User):
    jar = make_jar(ana, value="canary-77aa")
    base = "/admin/downloads/cookiejar/"

    for path in (base, f"{base}{jar.pk}/change/"):
        assert "canary-77aa" not in clara_client.get(path).content.decode()
    clara_client.post(base, {"action": "forget", "_selected_action": [jar.pk]})

    assert not CookieJar.objects.exists()


def test_staff_stop_a_look(clara_client: Client, ana: User):
    active = make_listing(ana, status="queued", finished_at=None)
    done = make_listing(ana)

    ticked = {"action": "stop", "_selected_action": [active.pk, done.pk]}
    clara_client.post("/admin/downloads/listing/", ticked)

    states = Listing.objects.order_by("id").values_list("status", flat=True)
    assert list(states) == ["cancelled", "completed"]


def test_teachers_do_not_get_there(ana_client: Client):
    assert add(ana_client).status_code in {302, 403, 404}
    assert not Preset.objects.exists()
