"""Every address of the site, app by app."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from classroom_site import views
from downloads.views.dashboard import dashboard

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard, name="home"),
    path("", include("downloads.urls")),
    path("", include("library.urls")),
    path("", include("courses.urls")),
    path("", include("accounts.urls")),
    path("", include("classroom_site.api_urls")),
    path("language", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("style", views.style, name="style"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("favicon.ico", views.favicon),
]

handler400 = "core.problem_pages.bad_request"
handler403 = "core.problem_pages.forbidden"
handler404 = "core.problem_pages.not_found"
handler429 = "core.problem_pages.too_many"
handler500 = "core.problem_pages.server_error"
