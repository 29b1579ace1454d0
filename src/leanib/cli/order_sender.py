"""An order of the journal is changed and cancelled as what sent it: its client id and its account.

IB lets only the client id that sent an order change it, or cancel it by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from leanib.cli.ib_session import Session
from leanib.errors import UsageError
from leanib.ib.errors import ClientIdInUse, JournalError
from leanib.ib.journal import Journal, OrderRecord
from leanib.ib.redaction import mask_account
from leanib.ib.settings import IBSettings, load_settings
from leanib.private_files import make_private

__all__ = ["files_obstacle", "journal_of", "sender_of", "told_whose_id_it_is"]

_PATIENCE = 1.0
"""Seconds that a cancellation waits for another process that is writing to the journal."""


def journal_of(session: Session) -> Journal:
    """The project's order journal; whoever asks closes it."""
    return Journal(_settings(session).orders.journal)


def files_obstacle(session: Session) -> str:
    """Why order journal or log cannot be used, as a sentence; empty when they can."""
    try:
        journal = journal_of(session)
        try:
            journal.be_patient(_PATIENCE)
            with journal.transaction():
                pass  # nobody else holds it
        finally:
            journal.close()
    except JournalError as error:
        return str(error)
    log = _settings(session).log_file
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        make_private(log)
    except OSError as error:
        return f"the log {log} cannot be opened ({error.strerror or error})"
    return ""


def sender_of(ref: str, session: Session) -> Session:
    """The session with the client id and the account of an order, where none were given.

    Raises:
        UsageError: The journal knows no such order, or it is of another account than the one given.
    """
    record = _find(ref, session)
    if session.account and record.account != session.account:
        raise UsageError(
            f"order {ref} is of the account {mask_account(record.account)}, and --account names "
            f"{mask_account(session.account)}"
        )
    return replace(
        session,
        account=session.account or record.account,
        client_id=record.client_id if session.client_id is None else session.client_id,
    )


@contextmanager
def told_whose_id_it_is(ref: str, session: Session) -> Iterator[None]:
    """What to do when another program logged in with the client id that an order was sent with."""
    try:
        yield
    except ClientIdInUse:
        raise UsageError(
            f"order {ref} was sent with client id {session.client_id}, which another program has now, and IB lets only "
            "that id touch it: do it in that program, or end it and try again ('leanib order cancel-all --everything' "
            "cancels every order of the login, whoever sent it)"
        ) from None


def _settings(session: Session) -> IBSettings:
    overrides: dict[str, Any] = {"account": session.account} if session.account else {}
    return load_settings("live" if session.live else "paper", **overrides)


def _find(ref: str, session: Session) -> OrderRecord:
    journal = journal_of(session)
    try:
        record = journal.order(ref)
    finally:
        journal.close()
    if record is None:
        raise UsageError(f"the journal knows no order {ref}; 'leanib order list --all' shows those it knows")
    return record
