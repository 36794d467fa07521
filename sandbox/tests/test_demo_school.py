"""The demo's school is whole and believable: everything leads somewhere, or fails on purpose."""

from collections import Counter

import pytest
import requests

from core.links import recognise
from sandbox import Sandbox, catalogue, demo_school
from sandbox.demo_materials import file_id
from sandbox.google.files import SHORTCUT
from sandbox.tests.googling import ALL, Services, refused

HELENA, STUDENT = "helena@escola.example", "aluno@escola.example"
BROKEN = {"lixeira", "particular", "apagado"}
STATES = ["PUBLISHED", "DRAFT"]


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """Not started: nothing is filmed unless a test asks."""
    sandbox = Sandbox(tmp_path_factory.mktemp("school"), school=True)
    sandbox._net.start()
    yield sandbox
    assert sandbox.log.errors == []
    sandbox.close()


@pytest.fixture
def api(school):
    services = Services(school)
    yield services
    services.close()


def materials_of(api, email):
    courses = api("classroom", email).courses()
    for course in courses.list().execute()["courses"]:
        asked = {"courseId": course["id"]}
        works = courses.courseWork().list(**asked, courseWorkStates=STATES).execute()
        shown = courses.courseWorkMaterials().list(**asked, courseWorkMaterialStates=STATES)
        news = courses.announcements().list(**asked, announcementStates=STATES).execute()
        lists = [rows for told in (works, shown.execute(), news) for rows in told.values()]
        yield course, [m for rows in lists for row in rows for m in row.get("materials", [])]


def test_a_teacher_sees_her_courses_and_not_those_of_others(api):
    seen = {course["name"]: course["courseState"] for course, _ in materials_of(api, HELENA)}

    assert len(seen) == 6
    assert seen["Matemática – 6º B (2025)"] == "ARCHIVED"
    assert "Português – 9º C" not in seen


def test_there_are_more_than_forty_materials_of_every_kind(api):
    found = [material for _, some in materials_of(api, HELENA) for material in some]

    kinds = Counter(kind for material in found for kind in material)
    assert sum(kinds.values()) >= 40
    assert set(kinds) == {"driveFile", "youtubeVideo", "link", "form", "gem", "notebook"}
    assert all(m["driveFile"]["driveFile"]["title"] for m in found if "driveFile" in m)


def test_students_see_less(api):
    titles = {}
    for email in (HELENA, STUDENT):
        courses = api("classroom", email).courses()
        works = courses.courseWork().list(courseId="710000000001", courseWorkStates=STATES)
        titles[email] = {row["title"] for row in works.execute()["courseWork"]}

    assert titles[HELENA] - titles[STUDENT] == {"Reforço individual – Bia"}


def test_drive_files_open_for_who_is_in_the_course_but_those_broken_on_purpose(api):
    broken = {file_id(key) for key in BROKEN}
    for email in (HELENA, STUDENT):
        files = api("drive", email).files()
        for _, found in materials_of(api, email):
            for drive_file in (m["driveFile"]["driveFile"] for m in found if "driveFile" in m):
                assert recognise(drive_file["alternateLink"]).source_key == drive_file["id"]
                request = files.get(fileId=drive_file["id"], fields="name,mimeType")
                if drive_file["id"] in broken:
                    assert refused(request) == (404, "notFound")
                else:
                    assert request.execute()["name"] == drive_file["title"]


def test_shortcuts_downloads_switched_off_and_flagged_files_are_there(school):
    files = school.google.files.values()

    targets = [f.fields["shortcutDetails"]["targetId"] for f in files if f.mime == SHORTCUT]
    assert targets == [file_id("fracoes2"), file_id("apagado")]
    assert file_id("apagado") not in school.google.files
    assert [f.fields["name"] for f in files if not f.can_download] == [
        "Documentário da turma: o rio Tietê.mp4"
    ]
    assert sum(f.abusive for f in files) == sum(f.is_trashed for f in files) == 1


def test_films_are_films(school, api):
    film = demo_school.films()[0]
    fields = "size,md5Checksum,videoMediaMetadata"
    about = api("drive", HELENA).files().get(fileId=film.drive_id, fields=fields).execute()

    bearer = {"Authorization": f"Bearer {school.google.issue(HELENA, ALL)}"}
    url = f"{school.origin}/drive/v3/files/{film.drive_id}?alt=media"
    content = requests.get(url, headers=bearer).content
    assert len(content) == int(about["size"])
    assert content[4:8] == b"ftyp"
    assert about["videoMediaMetadata"]["durationMillis"] == "20000"


def test_ids_fit_and_differ():
    films = demo_school.films()

    ids = [film.drive_id for film in films] + [le.drive_id for le in catalogue.lessons()]
    assert len(set(ids)) == len(ids)
    assert {len(film.drive_id) for film in films} == {33}
    assert len({film.title for film in films}) == len({film.tone for film in films}) == len(films)


def test_a_second_start_of_the_demo_knows_its_grants(tmp_path):
    def started():
        return Sandbox(tmp_path, demo=True)

    first = started()
    kept = first.google.new_refresh(HELENA, ["openid"])
    dead = first.google.new_refresh(STUDENT, ["openid"])
    first.google.revoke_grant(STUDENT)
    first._net._server.server_close()

    second = started()
    assert second.google.tokens() == [kept]
    assert dead not in second.google.tokens()
    second.google.restart()
    assert set(second.google.courses) == set(first.google.courses)
    second._net._server.server_close()
    third = started()
    assert third.google.tokens() == []
    third._net._server.server_close()
