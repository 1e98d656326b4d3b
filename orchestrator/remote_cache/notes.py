"""What a remote cache says of an environment: which archive holds it, and who says so.

A note is a small file under the environment's key; the archive lies under its own digest. So an archive that was sent
in part, or is another, is found out before anything of it is unpacked. Whoever may write there may write both; where
builds share a secret, a note has its mark (HMAC, RFC 2104), which nobody makes who does not know that.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import asdict, dataclass, field

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SIGNED = "signature"


class RefusedError(Exception):
    """What a remote cache holds is not taken: it is damaged, or nobody vouches for it."""


@dataclass(frozen=True, slots=True)
class Note:
    """Where an environment is."""

    archive: str
    """The digest (SHA-256) of the archive that holds it."""
    environments: dict[str, str] = field(default_factory=dict)
    """Of an application environment: the isolated ones of its build, folder relative to the project → key."""


def to_bytes(note: Note, key: str, secret: bytes) -> bytes:
    """Return the content of the note of the environment *key*."""
    document: dict[str, object] = {**asdict(note)}
    if secret:
        document[_SIGNED] = _signature(note, key, secret)
    return json.dumps(document, indent=2, sort_keys=True).encode() + b"\n"


def from_bytes(content: bytes, key: str, secret: bytes) -> Note:
    """Read the note of the environment *key*.

    :raises RefusedError: it is none, or not signed with *secret*.
    """
    try:
        document = json.loads(content)
        digests = [document["archive"], *document["environments"].values()]
        note = Note(document["archive"], document["environments"])
        signature = document.get(_SIGNED, "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RefusedError("its note is damaged") from None
    if not all(isinstance(each, str) and _DIGEST.fullmatch(each) for each in digests):
        raise RefusedError("its note is damaged")
    if secret and not hmac.compare_digest(str(signature).encode(), _signature(note, key, secret).encode()):
        raise RefusedError("its note is not signed with this secret")
    return note


def _signature(note: Note, key: str, secret: bytes) -> str:
    text = json.dumps([key, asdict(note)], sort_keys=True)
    return hmac.new(secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
