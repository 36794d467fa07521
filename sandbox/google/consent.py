"""The page on which a person chooses an account and ticks what an application may do."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlencode, urlsplit

from sandbox.google import wording
from sandbox.google.calls import Answer, Call, page, redirect
from sandbox.google.people import User
from sandbox.google.school import School
from sandbox.google.scopes import PREFIX, canonical, is_login
from sandbox.google.tokens import Code, Proof, Tokens

# Where an application may be sent back to: this machine, and Django's test client.
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "testserver"})
_PAGE = Path(__file__).with_name("consent.html")


class Consent:
    def __init__(self, school: School, tokens: Tokens) -> None:
        self._school = school
        self._tokens = tokens
        self._template = Template(_PAGE.read_text("utf-8"))

    def ask(self, call: Call) -> Answer:
        """`GET /o/oauth2/v2/auth`"""
        language = wording.language(call.headers.get("accept-language", ""), call.one("hl"))
        if wrong := self._wrong(call):
            title = wording.TEXTS[language]["wrong"]
            return self._page(language, f"<h1>{title}</h1><p>{escape(wrong)}</p>", 400)
        if call.one("prompt") == "none":
            return _back(call, error="interaction_required")
        return self._page(language, self._form(call, language))

    def decide(self, call: Call) -> Answer:
        """`POST /o/oauth2/v2/auth/consent`: back to the application, with a code or a refusal."""
        if wrong := self._wrong(call):
            return self._page("en", f"<h1>Error 400</h1><p>{escape(wrong)}</p>", 400)
        email, hd = call.field("account"), call.field("hd")
        if call.field("go") != "allow" or email not in self._school.users:
            return _back(call, error="access_denied")
        if hd and hd != "*" and self._school.users[email].hd != hd:
            return _back(call, error="access_denied")
        code = self._code(call, email)
        scope = " ".join(sorted(code.proof.scopes))
        text = self._tokens.new_code(code)
        return _back(call, code=text, scope=scope, authuser="0", prompt="consent")

    def _code(self, call: Call, email: str) -> Code:
        client = call.field("client_id")
        before = self._tokens.granted(email, client)
        granted = canonical(call.form().get("grant", []))
        if call.field("include_granted_scopes") == "true":
            granted |= before
        # A refresh token comes at the first consent, and when consent is asked for again.
        again = not before or "consent" in call.field("prompt").split()
        return Code(
            Proof(email, client, granted),
            call.field("redirect_uri"),
            call.field("nonce"),
            call.field("code_challenge"),
            call.field("code_challenge_method") or "plain",
            offline=call.field("access_type") == "offline" and again,
        )

    def _wrong(self, call: Call) -> str:
        """Google shows these itself: an address that it does not trust gets no answer."""
        if call.field("client_id") not in self._tokens.clients:
            return "Error 401: invalid_client. The OAuth client was not found."
        try:
            host = urlsplit(call.field("redirect_uri")).hostname
        except ValueError:
            host = None
        if host not in _LOOPBACK:
            return "Error 400: redirect_uri_mismatch"
        if (call.field("response_type") or "code") != "code":
            return "Error 400: unsupported_response_type"
        asked = call.field("scope") if call.method == "GET" else "openid"
        return "" if asked.strip() else "Error 400: invalid_request. Missing parameter: scope"

    def _page(self, language: str, content: str, status: int = 200) -> Answer:
        return page(self._template.substitute(language=language, content=content), status)

    def _form(self, call: Call, language: str) -> str:
        text = wording.TEXTS[language]
        where = escape(urlsplit(call.one("redirect_uri")).netloc)
        parts = [
            f"<h1>{text['title']}</h1><p>{text['to_continue']} <strong>{where}</strong></p>",
            f"<p>{text['intro']}</p>",
            '<form method="post" action="/o/oauth2/v2/auth/consent">',
            *(_hidden(name, call.one(name)) for name in call.params if name != "scope"),
            f"<fieldset><legend>{text['choose']}</legend>{self._accounts(call, text)}</fieldset>",
            *_boxes(dict.fromkeys(call.one("scope").split()), language, text),
            f'<div class="buttons"><button name="go" value="allow">{text["allow"]}</button>',
            f'<button name="go" value="deny">{text["deny"]}</button></div></form>',
        ]
        return "\n".join(parts)

    def _accounts(self, call: Call, text: dict[str, str]) -> str:
        users, hd, hint = list(self._school.users.values()), call.one("hd"), call.one("login_hint")
        shown = [user for user in users if hd in ("", "*", user.hd)]
        chosen = next((user for user in shown if hint in (user.email, user.sub)), None)
        first = chosen or next(iter(shown), None)
        return "".join(_account(user, user is first) for user in shown) or text["nobody"]


def _account(user: User, checked: bool) -> str:
    mark = " checked" if checked else ""
    return (
        f'<label><input type="radio" name="account" value="{escape(user.email)}" required{mark}>'
        f'<img src="/avatar/{user.sub}.svg" alt="">'
        f"<span>{escape(user.name)}<small>{escape(user.email)}</small></span></label>"
    )


def _boxes(scopes: Iterable[str], language: str, text: dict[str, str]) -> list[str]:
    """A box for each scope that can be refused; those of signing in are a list."""
    words = {scope: escape(wording.scope_words(scope, language)) for scope in scopes}
    login = [scope for scope in words if is_login(scope)]
    free = [scope for scope in words if not is_login(scope)]
    parts = [_hidden("grant", scope) for scope in login]
    if free:
        boxes = "".join(
            f'<label><input type="checkbox" name="grant" value="{escape(scope)}" checked>'
            f"<span>{words[scope]}<small>{escape(scope.removeprefix(PREFIX))}</small></span></label>"
            for scope in free
        )
        parts.append(f"<fieldset><legend>{text['wants']}</legend>{boxes}</fieldset>")
    if login:
        items = "".join(f"<li>{words[scope]}</li>" for scope in login)
        parts.append(f"<fieldset><legend>{text['always']}</legend><ul>{items}</ul></fieldset>")
    return parts


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'


def _back(call: Call, **told: str) -> Answer:
    to, state = call.field("redirect_uri"), call.field("state")
    told |= {"state": state} if state else {}
    return redirect(to + ("&" if urlsplit(to).query else "?") + urlencode(told))
