from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DownloadsConfig(AppConfig):
    name = "downloads"
    verbose_name = _("Downloads")

    def ready(self) -> None:
        """Pages of the apps below tell what becomes of a course's videos, and what waits; looks at

        sources tell the subscriptions they are for.
        """
        from accounts import tallies
        from core import privacy
        from courses.panels import register_video_states
        from downloads.privacy import DownloadData
        from downloads.selectors import credentials, downloads
        from downloads.services import listing, watching

        register_video_states(downloads.of_course_videos)
        tallies.register("waiting", credentials.waiting_of)
        listing.on_plan(watching.make_due)
        listing.on_checked(watching.receive)
        listing.on_check_failed(watching.check_failed)
        privacy.register(DownloadData())
