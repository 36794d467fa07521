"""Where Google is: the real one, or all of it under one origin (settings.GOOGLE_ROOT_URL)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Endpoints:
    """`api_root` replaces the root of every API's discovery document; "" keeps Google's own."""

    authorize: str
    token: str
    revoke: str
    tokeninfo: str
    userinfo: str
    certs: str
    issuer: str
    api_root: str

    def drive_root(self) -> str:
        return self.api_root or "https://www.googleapis.com/"


_REAL = Endpoints(
    authorize="https://accounts.google.com/o/oauth2/v2/auth",
    token="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
    revoke="https://oauth2.googleapis.com/revoke",
    tokeninfo="https://oauth2.googleapis.com/tokeninfo",
    userinfo="https://www.googleapis.com/oauth2/v2/userinfo",
    certs="https://www.googleapis.com/oauth2/v1/certs",
    issuer="https://accounts.google.com",
    api_root="",
)


def endpoints(root: str = "") -> Endpoints:
    """`root`: an origin without a trailing slash, or "" for the real Google."""
    if not root:
        return _REAL
    return Endpoints(
        authorize=f"{root}/o/oauth2/v2/auth",
        token=f"{root}/token",
        revoke=f"{root}/revoke",
        tokeninfo=f"{root}/tokeninfo",
        userinfo=f"{root}/oauth2/v2/userinfo",
        certs=f"{root}/oauth2/v1/certs",
        issuer=root,
        api_root=f"{root}/",
    )
