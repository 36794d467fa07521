from downloads.models.download import Download, Format, Quality, Source
from downloads.models.transition import Transition

__all__ = ["Download", "Format", "Quality", "Source", "Transition"]
