"""A small Google: OAuth 2 with OpenID Connect, Classroom v1, Drive v3. Plain data until asked."""

from sandbox.google.scenario import Google

__all__ = ["Google"]
