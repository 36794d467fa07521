"""Work that may hang, leak or be killed runs in child processes of a fork server.

Nothing in here imports Django: the server and its children stay small and start at once.
"""
