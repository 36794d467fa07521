"""The lessons of the demo fit what the sites demand of ids, and differ."""

from sandbox import catalogue


def test_every_lesson_can_be_asked_of_both_sites():
    for lesson in catalogue.lessons():
        assert len(lesson.video_id) == 11
        assert len(lesson.drive_id) >= 28
        assert catalogue.by_video_id(lesson.video_id) is lesson
        assert catalogue.by_drive_id(lesson.drive_id) is lesson
        assert 30 <= lesson.seconds <= 90
        assert lesson.chapters
        assert all(portuguese != english for portuguese, english in lesson.lines)


def test_lessons_look_different():
    lessons = catalogue.lessons()

    assert len(lessons) >= 5
    for field in ("video_id", "drive_id", "title", "colours", "tone"):
        assert len({getattr(lesson, field) for lesson in lessons}) == len(lessons)


def test_an_unknown_id_is_no_lesson():
    assert catalogue.by_video_id("abcdefghijk") is None
    assert catalogue.by_drive_id("abcdefghijk") is None
