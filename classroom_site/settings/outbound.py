"""How the product reaches the outside world, and what of it is off limits."""

from classroom_site.settings import env

ALLOWED_PRIVATE_ENDPOINTS = env.words("ALLOWED_PRIVATE_ENDPOINTS")
OUTBOUND_PROXY = env.text("OUTBOUND_PROXY")
OUTBOUND_CA_FILE = env.text("OUTBOUND_CA_FILE")
