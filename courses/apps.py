from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from accounts import connected, tallies
        from core import privacy
        from courses.privacy import CourseData
        from courses.selectors import courses
        from courses.services import syncing

        connected.on_connected(syncing.start_first)
        connected.on_disconnected(syncing.stop_all)
        tallies.register("courses", courses.numbers_of)
        privacy.register(CourseData())
