from library.models.stored_file import StoredFile
from library.models.video import Source, Subtitle, Video

__all__ = ["Source", "StoredFile", "Subtitle", "Video"]
