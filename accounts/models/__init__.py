from accounts.models.api_key import ApiKey
from accounts.models.connect_link import ConnectLink
from accounts.models.credential import Credential, CredentialStatus
from accounts.models.user import Role, User

__all__ = ["ApiKey", "ConnectLink", "Credential", "CredentialStatus", "Role", "User"]
