"""What selectors promise to other apps, beyond what the pages and the API show."""

from accounts.tests.build import make_credential
from courses.models import CourseVideo
from courses.selectors import courses, syncs, videos
from courses.tests.make import give, make_course, make_course_video, make_coursework, make_sync
from library.tests.build import make_video


def test_a_video_is_held_by_whoever_has_the_same_of_the_same_source(ana, bruno):
    post = make_coursework(make_course(make_credential(ana)))
    same = make_course_video(post, source_key="aaaaaaaaaaa")
    make_course_video(post, source="drive", source_key="aaaaaaaaaaa")
    make_video(ana, source="youtube", source_key="aaaaaaaaaaa")

    def held(user):
        marked = CourseVideo.objects.annotate(held=videos.held_by(user))
        return list(marked.filter(held=True))

    assert (held(ana), held(bruno)) == ([same], [])


def test_sizes_count_each_video_once_and_leave_out_what_is_held(ana):
    course = make_course(make_credential(ana))
    one, other = make_coursework(course), make_coursework(course)
    for post in (one, other):
        make_course_video(post, source="drive", source_key="d1", size_bytes=700)
    make_course_video(one, source="drive", source_key="d2", size_bytes=40)
    make_course_video(one)
    make_video(ana, source="drive", source_key="d2")

    told = courses.sizes_of(user=ana, course=course)

    assert (told.videos, told.held, told.missing) == (3, 1, 2)
    assert (told.known_bytes, told.unknown) == (700, 1)


def test_what_is_under_way_is_ones_own_and_reads_the_course(ana, bruno, clara):
    mine, theirs, apart = make_credential(ana), make_credential(bruno), make_credential(ana)
    course = make_course(mine)
    give(theirs, course)
    reading, anothers, elsewhere = (make_sync(one) for one in (mine, theirs, apart))

    assert list(syncs.under_way(user=ana)) == [reading, elsewhere]
    assert list(syncs.under_way(user=ana, course=course)) == [reading]
    assert list(syncs.under_way(user=bruno, course=course)) == [anothers]
    assert list(syncs.under_way(user=clara)) == []


def test_an_old_failure_is_forgotten_when_a_later_reading_succeeds(ana):
    account = make_credential(ana)
    failed = make_sync(account, status="failed")
    assert syncs.failed(user=ana) == [failed]

    make_sync(account, status="cancelled")
    assert syncs.failed(user=ana) == [failed]
    make_sync(account, status="completed")
    assert syncs.failed(user=ana) == []


def test_staff_read_a_course_through_whoever_can(clara, ana, bruno):
    usable, waits = make_credential(ana), make_credential(bruno, status="needs_consent")
    course = make_course(usable, waits)

    assert syncs.to_sync(user=clara, course=course) == [usable]


def test_an_account_knows_how_many_courses_it_gives(ana):
    one, other = make_credential(ana), make_credential(ana)
    make_course(one, other)
    gone = make_course(one)
    gone.accesses.update(gone_at=gone.created_at)

    assert courses.numbers_of([one.pk, other.pk]) == {one.pk: 1, other.pk: 1}
    assert courses.numbers_of([]) == {}
