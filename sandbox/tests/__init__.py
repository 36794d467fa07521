"""What the played hosts promise: the real yt-dlp against each of them."""
