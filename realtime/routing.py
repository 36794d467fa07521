"""Which path is answered by which socket."""

from channels.routing import URLRouter
from django.urls import path, re_path

from realtime.consumers import DashboardSocket, DownloadSocket, NoSocket
from realtime.subscriptions import SubscriptionSocket

websocket_urlpatterns = [
    path("ws/downloads/<int:download_id>", DownloadSocket.as_asgi()),
    path("ws/dashboard", DashboardSocket.as_asgi()),
    path("ws/subscriptions/<int:subscription_id>", SubscriptionSocket.as_asgi()),
    path("ws/monitorings/<int:subscription_id>", SubscriptionSocket.as_asgi()),
    re_path("", NoSocket.as_asgi()),
]

sockets = URLRouter(websocket_urlpatterns)
