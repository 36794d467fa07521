"""Live updates: Redis between machines, unix sockets within one."""

from typing import Any

from classroom_site.settings import env
from classroom_site.settings.base import RUN_DIR

REDIS_URL = env.text("REDIS_URL")

CHANNEL_LAYERS: dict[str, Any] = {
    "default": (
        {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": "classroom"},
        }
        if REDIS_URL
        else {
            "BACKEND": "realtime.relay.LocalSocketChannelLayer",
            "CONFIG": {"directory": RUN_DIR / "live"},
        }
    )
}
