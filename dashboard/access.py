"""Who is at the page: the user of this machine, or somebody who logged in, with their role."""

from __future__ import annotations

import dataclasses
import logging
import time
from typing import NoReturn

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.access_setting import AccessSetting, AccessSettingError, parsed_ip
from dashboard.markup import element, escape_markdown, show
from incidents.access import Person, demand_persons, local_user

LOGIN_LASTS_S = 12 * 60 * 60
"""A working day. Streamlit's cookie would last 30 days, whatever the provider says by then."""

_LOGGER = logging.getLogger(__name__)
_NAME = "reviewer/name"

_setting: AccessSetting | None = None


class NotAdmittedError(PermissionError):
    """Who is at the page may not even read.

    Attributes
    ----------
    email
        As whom they came, where that is known.
    """

    def __init__(self, message: str, email: str = "") -> None:
        super().__init__(message)
        self.email = email


def put_in_force(setting: AccessSetting) -> None:
    """Let nobody in from now on whom the setting does not admit; `serve` calls this once."""
    global _setting  # noqa: PLW0603 - the page runs in the server's process, one setting a server
    _setting = setting
    demand_persons()


def current_user() -> Person:
    """Return who is at the page.

    Without an access setting it is the user of this machine, an administrator under the name
    that they entered or the operating system's. With one, it is who logged in or whom the
    proxy names, in the role that the setting gives their e-mail address.

    Raises
    ------
    NotAdmittedError
        If they are not logged in, not listed, or come from where nobody may.
    """
    if _setting is None:
        return _at_this_machine()
    email = _logged_in(_setting) if _setting.header is None else _named_by_proxy(_setting)
    try:
        role = _setting.roles().of(email)
    except AccessSettingError as error:
        # What is in it, and where it lies, is no business of a visitor's.
        _LOGGER.error("nobody is let in: %s", error)
        raise NotAdmittedError(
            "Nobody is let in, because the access setting has become wrong. Ask an administrator."
        ) from None
    if role is None:
        raise NotAdmittedError(
            f"{email} is not among those who may read here. Ask an administrator.", email
        )
    return Person(email.lower(), role, email.lower())


def enter() -> Person:
    """Return who is at the page; show the login instead of the page to whom it is not open."""
    try:
        return current_user()
    except NotAdmittedError as error:
        _show_door(error)


def ask_person() -> Person:
    """Show under which name decisions are recorded, and let the user of this machine change it."""
    user = current_user()
    if _setting is not None:
        show(element("p", f"Decisions are recorded as {user.name}.", css="im-hint"))
        return user
    # A widget's own state is dropped on another page; the name is not.
    name = st.text_input(
        "Your name",
        st.session_state.get(_NAME, ""),
        max_chars=80,
        placeholder=user.name,
        help="The history says who decided.",
        key="reviewer",
    )
    st.session_state[_NAME] = name.strip()
    return current_user()


def keeper() -> Person:
    """Return under whom unfinished work is kept: whoever logged in, or the user of this machine.

    The name that somebody at this machine typed is gone after a reload; their work must not be.
    """
    return local_user() if _setting is None else current_user()


def show_account(user: Person) -> None:
    """Show in the sidebar who is logged in, and a way out; nothing on a machine of one's own."""
    if _setting is None:
        return
    with st.sidebar:
        show(element("p", f"{user.name}, {user.role}", css="im-hint"))
        if _setting.header is None:
            _ask_log_out()


def _ask_log_out() -> None:
    if st.button("Log out", key="log-out"):
        st.logout()


def _at_this_machine() -> Person:
    peer = parsed_ip(_peer())
    if peer is not None and not peer.is_loopback:
        raise NotAdmittedError(
            "This page is open to its own machine alone. To let others in, start it with "
            "incident-map serve --host and an access setting (docs/access.md)."
        )
    name = st.session_state.get(_NAME)
    return dataclasses.replace(local_user(), name=name) if name else local_user()


def _logged_in(setting: AccessSetting) -> str:
    told = st.user.to_dict()
    email = told.get("email")
    if not told.get("is_logged_in") or not isinstance(email, str):
        raise NotAdmittedError("Log in to read the map.")
    if told.get("email_verified") is not True and not setting.unverified_emails:
        raise NotAdmittedError(
            f"The identity provider does not say that {email} is your own address "
            "(email_verified). Verify it there and log in again.",
            email,
        )
    since = told.get("iat")
    if not isinstance(since, int | float) or time.time() - since > LOGIN_LASTS_S:
        raise NotAdmittedError("Your login has run out. Log in again.")
    return email


def _named_by_proxy(setting: AccessSetting) -> str:
    if not setting.comes_from_proxy(_peer()):
        raise NotAdmittedError(f"Open this page at {setting.origin}; it answers there alone.")
    named = st.context.headers.get_all(setting.header or "")
    if len(named) != 1:
        # Two mean that a visitor's own header went through beside the proxy's.
        raise NotAdmittedError(
            f"The proxy in front of this page named {len(named)} people in the header "
            f"{setting.header}, and has to name one. Ask an administrator."
        )
    return named[0].strip()


def _peer() -> str | None:
    """Return the address at the other end of the connection, None where nobody is there."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return None
    client = runtime.get_instance().get_client(context.session_id)
    address = client.client_context.remote_ip if client is not None else None
    return address if isinstance(address, str) else None


def _show_door(refused: NotAdmittedError) -> NoReturn:
    show(element("h2", "Incident Map", css="im-title"))
    (st.warning if refused.email else st.info)(escape_markdown(str(refused)))
    if _setting is not None and _setting.header is None:
        if refused.email:
            _ask_log_out()
        else:
            for provider in _setting.providers:
                label = f"Log in with {escape_markdown(provider)}" if provider else "Log in"
                if st.button(label, type="primary", key=f"log-in-{provider}"):
                    st.login(provider or None)
    st.stop()
