"""Fetching a video: plain values in, plain values out, own errors. No Django, no database."""
