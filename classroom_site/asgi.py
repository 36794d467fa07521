"""What the web server serves: HTTP by Django, WebSockets by the realtime app."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "classroom_site.settings")

from core.handler import get_asgi_application

http = get_asgi_application()  # loads the apps, which everything below needs

from channels.routing import ProtocolTypeRouter

from realtime.routing import sockets

application = ProtocolTypeRouter({"http": http, "websocket": sockets})
