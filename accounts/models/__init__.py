from accounts.models.api_key import ApiKey
from accounts.models.api_session import ApiSession
from accounts.models.audit import AuditEntry
from accounts.models.block import AddressBlock
from accounts.models.connect_link import ConnectLink
from accounts.models.credential import Credential, CredentialStatus
from accounts.models.erasure import Erasure
from accounts.models.user import Role, User

__all__ = [
    "AddressBlock",
    "ApiKey",
    "ApiSession",
    "AuditEntry",
    "ConnectLink",
    "Credential",
    "CredentialStatus",
    "Erasure",
    "Role",
    "User",
]
