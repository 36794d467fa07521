"""A check of ours for Schemathesis, which loads this file by its path: no Django in here.

It stands in for `positive_data_acceptance`, which takes every 400 to what the schema allows for a
mistake: a page token of another list, or nothing new to download, is one no schema can foresee.
"""

from typing import Any

import schemathesis

# Whether these may be is left to the checks of who may do what.
NOT_OURS = {401, 403, 404, 409, 429}

# What is wrong with these cannot all be said in a schema: which links are fit for download, how
# long a file is, which presets there are, that one of some fields is needed, which names are
# taken, which times are past, and what is an address.
UNSAYABLE = {
    "login",
    "make_token",
    "make_security_token",
    "queue_download",
    "bulk_downloads",
    "look_at_address",
    "download_from_listing",
    "note_video",
    "save_cookies",
    "change_cookies",
    "create_subscription",
    "change_subscription",
    "change_download_limits",
    "list_audit_entries",
    "export_audit_entries",
    "list_security_events",
    "make_account",
    "change_user",
    "replace_user",
    "hand_over",
    "block_address",
    "make_api_key",
    "register",
    "make_user",
}


@schemathesis.check
def sane_input_is_refused_as_foretold(_context: Any, response: Any, case: Any) -> None:
    """What fits the schema is accepted, or refused with a code of its own that is described."""
    sane = case.meta is not None and case.meta.generation.mode.is_positive
    if not sane or not 400 <= response.status_code < 500 or response.status_code in NOT_OURS:
        return
    operation = case.operation.definition.raw
    if operation["operationId"] in UNSAYABLE:
        return
    code = response.json()["code"]
    answer = operation["responses"][str(response.status_code)]
    told = set(answer["content"]["application/problem+json"]["examples"]) - {"invalid"}
    assert code in told, f"Refused with {response.status_code} {code}; described are {told}."
