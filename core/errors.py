"""The one error tree of Vouch. Each message says what is wrong and, in ``fix``, what to do about it.

::

    VouchError
    ├── PermanentError               trying again changes nothing
    │   ├── InputError               the caller's input is off (HTTP 422, exit 2)
    │   │   └── InputTooLarge        over a stated limit (HTTP 413)
    │   ├── NotFound                 no such document, collection, algorithm, job (HTTP 404)
    │   ├── Conflict                 the state forbids it (HTTP 409)
    │   │   ├── FingerprintMismatch  another encoder or chunker made the index
    │   │   └── RefusedToEmpty       indexing would remove every document of a source
    │   ├── SettingsError            a setting is unknown or out of bounds
    │   ├── UnreadableDocument       a document that cannot become text, with a reason code
    │   ├── CorruptStore             bytes on disk are not what was committed
    │   └── MissingDependency        an optional package is not installed
    └── TransientError               the same call may succeed later
        ├── Busy                     another writer holds the collection, or too many requests (HTTP 503)
        ├── RunFailed                a reference implementation failed or ran over its limits
        └── BackendUnavailable       a model or engine did not answer
"""

from __future__ import annotations

from typing import Any


class VouchError(Exception):
    """Base of every error raised on purpose.

    Parameters
    ----------
    message : str
        What is wrong, in one line.
    fix : str
        What the reader can do about it.

    Examples
    --------
    >>> str(NotFound("no collection 'notes'", fix="create it with `vouch collections create notes`"))
    "no collection 'notes'; fix: create it with `vouch collections create notes`"
    """

    status = 500
    exit_code = 1

    def __init__(self, message: str, *, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message}; fix: {self.fix}"

    def __reduce__(self) -> tuple[Any, ...]:
        # an exception is rebuilt from its positional arguments, and `fix` is none: one that left a worker process would
        # arrive as a TypeError about its own constructor
        return rebuilt, (type(self), self.args, dict(self.__dict__))


def rebuilt(kind: type[VouchError], args: tuple[Any, ...], attributes: dict[str, Any]) -> VouchError:
    """An error as it was before it was pickled."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


class PermanentError(VouchError):
    """Trying again changes nothing."""


class InputError(PermanentError):
    """The caller's input is off."""

    status = 422
    exit_code = 2


class InputTooLarge(InputError):
    """The input is over a stated limit."""

    status = 413


class NotFound(PermanentError):
    """There is no such document, collection, algorithm or job."""

    status = 404


class Conflict(PermanentError):
    """The present state forbids the request."""

    status = 409


class FingerprintMismatch(Conflict):
    """The index was made by another encoder or chunker than the one configured."""


class RefusedToEmpty(Conflict):
    """Indexing a source again would remove every document that came from it."""


class SettingsError(PermanentError):
    """A setting is unknown or out of its bounds."""

    exit_code = 2


class UnreadableDocument(PermanentError):
    """A document that cannot become text.

    Parameters
    ----------
    reason : str
        Stable code, such as ``empty``, ``binary``, ``encrypted_pdf``; see `indexing.sources`.
    """

    status = 422

    def __init__(self, message: str, *, reason: str, fix: str) -> None:
        super().__init__(message, fix=fix)
        self.reason = reason


class CorruptStore(PermanentError):
    """Bytes on disk are not what was committed."""


class MissingDependency(PermanentError):
    """An optional package is not installed."""


class TransientError(VouchError):
    """The same call may succeed later."""

    status = 503


class Busy(TransientError):
    """Another writer holds the collection, or too many requests are in flight.

    Parameters
    ----------
    retry_seconds : int
        After which it is worth trying again.
    """

    def __init__(self, message: str, *, fix: str, retry_seconds: int = 1) -> None:
        super().__init__(message, fix=fix)
        self.retry_seconds = retry_seconds


class RunFailed(TransientError):
    """A reference implementation failed or ran over its limits."""

    status = 500


class BackendUnavailable(TransientError):
    """A model or an engine did not answer."""
