"""Who may ask: clients that send the token of the server."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqtune.errors import UsageError
from seqtune.serve.http import header
from seqtune.serve.problem import Problem

AUTHORIZATION = b"authorization"
SCHEME = "bearer "
SHORTEST = 16
"""Characters of a token at least: a shorter one can be guessed."""


def read_token(path: Path) -> str:
    """Return the token in a file, blanks around it left out.

    Raises:
        UsageError: The file cannot be read, or holds no token.
    """
    hint = "python -c 'import secrets; print(secrets.token_urlsafe(32))' > token.txt"
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no ASCII text"
        raise UsageError(f"--token {path} cannot be read: {reason}", hint) from error
    if len(token) < SHORTEST or not token.isprintable() or " " in token:
        raise UsageError(
            f"--token {path} holds {len(token)} characters; expected a word of {SHORTEST} or more",
            hint,
        )
    return token


def admit(scope: Mapping[str, Any], token: str, method: str = "") -> None:
    """Refuse a request without the token, or of another method than the one that is answered.

    Args:
        scope: The request.
        token: The token; empty for a server that is open.
        method: The method; empty where the routes see to it.

    Raises:
        Problem: The token is missing, or another one (401); or the method is another one (405).
    """
    check_token(header(scope, AUTHORIZATION), token)
    if method and scope["method"] != method:
        raise Problem(405, f"expected {method}", headers=(("allow", method),))


def check_token(authorization: str, token: str) -> None:
    """Refuse a client that does not send the token; how long that takes says nothing of it.

    Args:
        authorization: The header `Authorization`.
        token: The token; empty for a server that is open.

    Raises:
        Problem: It is missing, or another one.
    """
    if not token:
        return
    given = authorization[len(SCHEME) :] if authorization[: len(SCHEME)].lower() == SCHEME else ""
    if not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise Problem(
            401,
            "expected the header Authorization: Bearer TOKEN, with the token of the server",
            headers=(("www-authenticate", 'Bearer realm="seqtune"'),),
        )
