from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from accounts.privacy import AccountData
        from accounts.services import second_factor
        from core import crypto, privacy

        privacy.register(AccountData())
        crypto.rotations["mfa.Authenticator.data"] = second_factor.rotate_secrets
