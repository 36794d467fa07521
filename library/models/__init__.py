from library.models.stored_file import StoredFile
from library.models.video import Subtitle, Video

__all__ = ["StoredFile", "Subtitle", "Video"]
