"""Google accounts."""

import hashlib
from dataclasses import dataclass

DEFAULT_QUOTA_BYTES = 15 << 30


@dataclass(frozen=True)
class User:
    email: str
    name: str
    origin: str
    hd: str = ""
    quota_bytes: int | None = DEFAULT_QUOTA_BYTES  # None: unlimited

    @property
    def sub(self) -> str:
        """21 digits, the same for an address in every run."""
        number = int(hashlib.sha256(self.email.encode()).hexdigest()[:15], 16)
        return str(10**20 + number)

    @property
    def picture(self) -> str:
        return f"{self.origin}/avatar/{self.sub}.svg"

    def claims(self) -> dict[str, object]:
        """What an id token says of its holder."""
        given, _, family = self.name.partition(" ")
        told: dict[str, object] = {
            "sub": self.sub,
            "email": self.email,
            "email_verified": True,
            "name": self.name,
            "given_name": given,
            "family_name": family,
            "picture": self.picture,
        }
        return told | ({"hd": self.hd} if self.hd else {})

    def profile(self, *, email: bool, photo: bool) -> dict[str, object]:
        """Classroom's own shape; the address and the photo need permissions of their own."""
        given, _, family = self.name.partition(" ")
        told: dict[str, object] = {
            "id": self.sub,
            "name": {"givenName": given, "familyName": family, "fullName": self.name},
        }
        return (
            told
            | ({"emailAddress": self.email} if email else {})
            | ({"photoUrl": self.picture} if photo else {})
        )

    def avatar(self) -> str:
        hue = int(self.sub) % 360
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
            f'<circle cx="20" cy="20" r="20" fill="hsl({hue} 45% 40%)"/>'
            '<text x="20" y="27" font-family="sans-serif" font-size="20" fill="#fff"'
            f' text-anchor="middle">{self.name[:1].upper()}</text></svg>'
        )
