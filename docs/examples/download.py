"""Brings one video home: download.py LINK FILE. Set SITE and KEY."""

import os
import sys

from classroom_client import ApiError, Client


def main(link: str, file: str) -> None:
    with Client(os.environ["SITE"], os.environ["KEY"]) as client:
        queued = client.downloads.queue(link)
        ended = client.downloads.wait(queued["id"])
        if ended["video_id"] is None:
            error = ended["error"]
            sys.exit(f"{error['message']} {error['advice']}" if error else "Cancelled.")
        print(client.videos.save(ended["video_id"], file))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ApiError as refused:
        sys.exit(str(refused))
