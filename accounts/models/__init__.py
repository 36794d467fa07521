from accounts.models.api_key import ApiKey
from accounts.models.user import Role, User

__all__ = ["ApiKey", "Role", "User"]
