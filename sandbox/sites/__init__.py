"""The hosts that the sandbox plays, one module each."""
