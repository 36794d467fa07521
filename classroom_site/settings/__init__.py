"""Settings, one small file a topic. The environment decides (see variables.py), code does not."""

from classroom_site.settings.base import *
from classroom_site.settings.database import *
from classroom_site.settings.accounts import *
from classroom_site.settings.api import *
from classroom_site.settings.people import *
from classroom_site.settings.google import *
from classroom_site.settings.mail import *
from classroom_site.settings.media import *
from classroom_site.settings.outbound import *
from classroom_site.settings.queue import *
from classroom_site.settings.realtime import *
from classroom_site.settings.security import *
from classroom_site.settings.logs import *
from classroom_site.settings.monitoring import *
