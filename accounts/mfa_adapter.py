"""Where the second factor differs from allauth's defaults: its secrets are encrypted at rest."""

from allauth.mfa.adapter import DefaultMFAAdapter

from core import crypto


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def get_totp_issuer(self) -> str:
        """What the app on the phone shows; allauth would ask the request for its Host."""
        return "Classroom Downloader"

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)
