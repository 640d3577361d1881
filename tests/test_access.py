"""Who may come in and who may write: roles, refusals, and what the configuration becomes."""

import pickle
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from command_line import run
from hypothesis import given
from hypothesis import strategies as st
from streamlit import config

from dashboard import access as page_access
from dashboard.access_setting import AccessSettingError, Roles, find_setting, read_setting
from dashboard.serving import UNTOUCHED, admit, options_for, safe_options
from incidents import access as rules
from incidents.access import NEEDED, NotAllowedError, Person, demand_persons, may, require
from incidents.datasets.importing import import_files
from incidents.model import Catalogue
from incidents.origin_review import record_decision, take_back
from incidents.store import locate_library, open_store

ROLES = """
[access]
admin = ["lead@example.org"]
reviewer = ["amna@example.org"]
reader = ["@example.org"]
"""
AUTH = """
[auth]
redirect_uri = "https://map.example.org/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "map"
client_secret = "secret"
server_metadata_url = "https://login.example.org/.well-known/openid-configuration"
"""
AT_PROXY = ROLES + 'address = "https://map.example.org"\n'


@pytest.fixture
def written(tmp_path):
    def write(content, mode=0o600):
        file = tmp_path / "access.toml"
        file.write_text(content)
        file.chmod(mode)
        return file

    return write


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch):
    """Put back what a server sets once for its whole life."""
    monkeypatch.setattr(rules, "_names_suffice", True)
    monkeypatch.setattr(page_access, "_setting", None)


# What each role may do


@pytest.mark.parametrize(
    ("role", "count"), [("reader", 1), ("reviewer", 5), ("admin", len(NEEDED))]
)
def test_each_role_may_do_what_the_lower_ones_may_and_more(role, count):
    assert sum(may(Person("sara", role), action) for action in NEEDED) == count


def test_a_refusal_says_who_may_and_survives_being_sent_to_another_process():
    with pytest.raises(NotAllowedError) as refused:
        require(Person("sara@example.org", "reviewer"), "restore a backup")
    assert isinstance(refused.value, PermissionError)
    assert isinstance(refused.value, ValueError)
    told = str(refused.value)
    assert told == (
        "sara@example.org (reviewer) may not restore a backup; that takes the role admin. "
        "Ask an administrator."
    )
    assert str(pickle.loads(pickle.dumps(refused.value))) == told


def test_a_plain_name_is_the_user_of_this_machine_until_the_server_lets_others_in():
    assert require("amna", "back up") == "amna"
    demand_persons()
    with pytest.raises(NotAllowedError):
        require("amna", "decide")
    assert require(Person("amna@example.org", "reviewer"), "decide") == "amna@example.org"


def test_a_reader_decides_on_no_origins(tmp_path):
    reader, reviewer = Person("sara", "reader"), Person("amna@example.org", "reviewer")
    library = open_store(locate_library(tmp_path))
    asked = {"reason": "same desk", "known": {"001", "002"}}
    with pytest.raises(NotAllowedError):
        record_decision(library, "merge", ["001", "002"], by=reader, **asked)
    assert library.history() == []
    entry = record_decision(library, "merge", ["001", "002"], by=reviewer, **asked)
    assert library.entry(entry).by == "amna@example.org"
    back = (tmp_path, library, Catalogue((), (), ()), 1)
    with pytest.raises(NotAllowedError):
        take_back(*back, reason="mistaken", by=reader)
    take_back(*back, reason="mistaken", by=reviewer)
    assert library.entry(entry).undone_by is not None


def test_only_an_administrator_imports_a_dataset(tmp_path):
    reviewer = Person("amna@example.org", "reviewer")
    with pytest.raises(NotAllowedError, match="may not import a dataset"):
        import_files([tmp_path / "rows.csv"], "table", library=tmp_path, by=reviewer)
    assert list(tmp_path.iterdir()) == []


# Who has which role


def test_an_own_entry_counts_before_that_of_the_domain(written):
    roles = read_setting(written(ROLES + AUTH)).roles()
    assert roles.of("LEAD@example.org") == "admin"
    assert roles.of("amna@Example.ORG") == "reviewer"
    assert roles.of("guest@example.org") == "reader"


@pytest.mark.parametrize(
    "email",
    [
        "", "@example.org", "amna", "amna@example.org.evil.com", "amna@example.com",
        "amna@sub.example.org", "amna@evil.com@example.org", "amna@example.org ",
        "amna@example.org,lead@example.org", "amna@example.org\n",
        # Letters that become those of lead@ and amna@ in lower case or when folded.
        "lea\u1d48@example.org", "amna@example.or\uff47", "\u212a@example.org",
    ],
)  # fmt: skip
def test_nobody_passes_for_somebody_else(email):
    roles = Roles(
        {"lead@example.org": "admin", "amna@example.org": "reviewer"} | {"k@example.org": "admin"}
    )
    assert roles.of(email) is None


@given(st.text())
def test_no_text_but_the_listed_addresses_has_a_role(text):
    roles = Roles({"lead@example.org": "admin", "@example.net": "reader"})
    role = roles.of(text)
    if role == "admin":
        assert text.lower() == "lead@example.org"
    elif role is not None:
        assert text.lower().endswith("@example.net")


def test_who_is_taken_out_of_the_file_is_out_at_once(written):
    setting = read_setting(written(ROLES + AUTH))
    written(AUTH + '[access]\nadmin = ["lead@example.org"]')
    assert setting.roles().of("amna@example.org") is None
    written("[access")
    with pytest.raises(AccessSettingError, match="not TOML"):
        setting.roles()


# What is refused


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no section \\[access\\]"),
        ("[access]\n" + AUTH, "lists nobody"),
        (ROLES, "no section \\[auth\\].*--behind-proxy"),
        (ROLES + 'reviewers = ["x@example.org"]\n' + AUTH, "reviewers; known are"),
        ('[access]\nadmin = "lead@example.org"\n' + AUTH, "expected a list"),
        ('[access]\nadmin = ["*"]\n' + AUTH, "expected an e-mail address"),
        ('[access]\nadmin = ["a@x.org"]\nreader = ["A@x.org"]\n' + AUTH, "list it once"),
        (ROLES + AUTH.replace("https://map", "http://map"), "expected https"),
        (ROLES + AUTH.replace("/oauth2callback", "/"), "expected https://map.example.org/oauth2"),
        (ROLES + AUTH.replace("https://map.example.org", "map"), "expected the page's address"),
        (ROLES + AUTH.replace("cdef0123456789abcdef", ""), "at least 32 random characters"),
        (ROLES + AUTH.replace("client_id", "id"), "\\[auth\\] has no client_id"),
        (ROLES + AUTH + '[auth.google]\nclient_id = "x"\n', "\\[auth.google\\] has no client_sec"),
    ],
)
def test_a_setting_that_is_not_safe_is_refused_with_what_was_expected(written, content, told):
    with pytest.raises(AccessSettingError, match=f"(?s)access.toml.*{told}"):
        read_setting(written(content))


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o602])
def test_a_file_that_others_may_read_or_change_is_refused(written, mode):
    with pytest.raises(AccessSettingError, match="chmod 600"):
        read_setting(written(ROLES + AUTH, mode))


@pytest.mark.parametrize("header", ["", "Cookie", "host", "X_Email", "X-Email: y", "X-Émail"])
def test_a_header_that_no_proxy_sets_is_refused(written, header):
    with pytest.raises(AccessSettingError, match="no header"):
        read_setting(written(AT_PROXY), header)


def test_a_proxy_needs_to_be_an_address_and_the_page_to_have_one(written):
    with pytest.raises(AccessSettingError, match=r"'proxy\.local' is no address"):
        read_setting(written(AT_PROXY), "X-Email", ["proxy.local"])
    with pytest.raises(AccessSettingError, match="\\[access\\] address is None"):
        read_setting(written(ROLES), "X-Email")


@pytest.mark.parametrize("words", [["--host", "0.0.0.0"], ["--host", "192.0.2.7"], ["--host="]])
def test_a_host_that_others_reach_does_not_start_without_an_access_setting(tmp_path, words):
    said = subprocess.run(
        [sys.executable, "-m", "dashboard", "serve", *words],
        capture_output=True, check=False, text=True, timeout=60,
        cwd=tmp_path, env={"HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    assert said.returncode == 1
    assert "nothing says who may come in" in said.stderr
    assert "[access]" in said.stderr


def test_an_address_of_another_machine_is_no_busy_port(written):
    said = run("serve", "--host", "192.0.2.7", "--access", str(written(ROLES + AUTH)))
    assert said.returncode == 1
    assert "--host 192.0.2.7: " in said.stderr.decode()
    assert "in use" not in said.stderr.decode()


def test_where_a_proxy_is_means_nothing_without_its_header():
    said = run("serve", "--proxy-address", "10.0.0.2")
    assert said.returncode == 1
    assert "--behind-proxy" in said.stderr.decode()


# What the configuration becomes


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_this_machine_alone_is_served_under_the_safe_configuration(host):
    assert options_for(host) == safe_options() | UNTOUCHED


def test_only_addresses_and_hosts_differ_under_a_login(written):
    setting = read_setting(written(ROLES + AUTH))
    options = options_for("192.0.2.7", setting)
    safe = safe_options() | UNTOUCHED
    assert {key: value for key, value in options.items() if safe[key] != value} == {
        "server.address": "192.0.2.7",
        "server.allowedHosts": ["map.example.org"],
        "browser.serverAddress": "map.example.org",
    }


def test_behind_a_proxy_its_header_differs_too(written):
    setting = read_setting(written(AT_PROXY), "X-Forwarded-Email")
    options = options_for("127.0.0.1", setting)
    safe = safe_options() | UNTOUCHED
    assert {key: value for key, value in options.items() if safe[key] != value} == {
        "server.allowedHosts": ["map.example.org"],
        "browser.serverAddress": "map.example.org",
        "server.trustedUserHeaders": {"X-Forwarded-Email": "email"},
    }


@pytest.mark.parametrize(
    "variable",
    [
        {"STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false"},
        {"STREAMLIT_SERVER_ALLOWED_HOSTS": "*"},
        {"STREAMLIT_SERVER_TRUSTED_USER_HEADERS": '{"X-Evil": "email"}'},
    ],
)
def test_every_other_value_stays_checked_under_an_access_setting(written, variable):
    file = str(written(ROLES + AUTH))
    said = run("serve", "--port", "1", "--access", file, **variable)
    assert said.returncode == 1
    assert "configuration is not safe" in said.stderr.decode()
    assert next(iter(variable)) in said.stderr.decode()


def test_the_setting_is_found_among_the_usual_files_and_counts_on_this_machine_too(
    written, monkeypatch
):
    file = written(ROLES + AUTH)
    assert find_setting(["/nowhere/secrets.toml", str(file)]) == file
    asked = config.get_option
    usual = {"secrets.files": [str(file)]}
    monkeypatch.setattr(config, "get_option", lambda key: usual.get(key) or asked(key))
    assert admit("127.0.0.1").origin == "https://map.example.org"
    written(AUTH)  # another program's login is no access setting
    assert admit("localhost") is None
    with pytest.raises(AccessSettingError, match="nothing says who may come in"):
        admit("0.0.0.0")


# Who is at the page


@pytest.fixture
def visit(monkeypatch):
    """Stand in for the browser's side: where it comes from, its headers and its login."""

    def arrive(peer="127.0.0.1", headers=(), user=None):
        told = SimpleNamespace(
            user=SimpleNamespace(to_dict=lambda: user or {}),
            context=SimpleNamespace(headers=SimpleNamespace(get_all=lambda _: list(headers))),
            session_state={},
        )
        monkeypatch.setattr(page_access, "st", told)
        monkeypatch.setattr(page_access, "_peer", lambda: peer)
        return told

    return arrive


def refusal():
    with pytest.raises(page_access.NotAdmittedError) as refused:
        page_access.current_user()
    return str(refused.value)


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_the_user_of_this_machine_is_an_administrator_under_their_own_or_a_given_name(
    visit, peer, monkeypatch
):
    monkeypatch.setenv("LOGNAME", "desk")
    told = visit(peer)
    assert page_access.current_user() == Person("desk", "admin")
    told.session_state["reviewer/name"] = "Amna"
    assert page_access.current_user() == Person("Amna", "admin")


@pytest.mark.parametrize("peer", ["192.0.2.9", "::ffff:192.0.2.9", "2001:db8::1"])
def test_nobody_from_elsewhere_is_the_user_of_this_machine(visit, peer):
    visit(peer)
    assert "open to its own machine alone" in refusal()


def logged_in(**changed):
    now = {"is_logged_in": True, "email": "Amna@example.org", "email_verified": True}
    return now | {"iat": int(time.time())} | changed


def test_who_logged_in_has_the_role_of_their_address(visit, written):
    page_access.put_in_force(read_setting(written(ROLES + AUTH)))
    visit("192.0.2.9", user=logged_in())
    user = page_access.current_user()
    assert user == Person("amna@example.org", "reviewer", "amna@example.org")


@pytest.mark.parametrize(
    ("user", "told"),
    [
        (None, "Log in"),
        (logged_in(is_logged_in=False), "Log in"),
        (logged_in(email=None), "Log in"),
        (logged_in(email="stranger@example.com"), "not among those"),
        (logged_in(email_verified=False), "email_verified"),
        (logged_in(email_verified="true"), "email_verified"),
        (logged_in(iat=int(time.time()) - 13 * 3600), "run out"),
        (logged_in(iat=None), "run out"),
    ],
)
def test_a_login_that_does_not_hold_is_refused(visit, written, user, told):
    page_access.put_in_force(read_setting(written(ROLES + AUTH)))
    visit(user=user)
    assert told in refusal()


def test_an_address_that_is_not_verified_holds_only_where_the_setting_says_so(visit, written):
    file = written(ROLES + "unverified_emails = true\n" + AUTH)
    page_access.put_in_force(read_setting(file))
    visit(user=logged_in(email_verified=None))
    assert page_access.current_user().role == "reviewer"


def test_a_header_is_believed_from_the_proxy_alone_and_only_once(visit, written):
    setting = read_setting(written(AT_PROXY), "X-Forwarded-Email", ["10.0.0.2", "10.1.0.0/28"])
    page_access.put_in_force(setting)
    for peer in ("10.0.0.2", "10.1.0.3", "::ffff:10.0.0.2"):
        visit(peer, ["lead@example.org"])
        assert page_access.current_user().role == "admin"
    for peer in ("10.0.0.3", "127.0.0.1", "::1", None):
        visit(peer, ["lead@example.org"])
        assert "https://map.example.org" in refusal()
    visit("10.0.0.2", ["guest@example.com"])
    assert "not among those" in refusal()
    visit("10.0.0.2", ["amna@example.org", "lead@example.org"])
    assert "named 2 people" in refusal()
    visit("10.0.0.2")
    assert "named 0 people" in refusal()


def test_a_setting_that_becomes_wrong_lets_nobody_in_and_tells_visitors_nothing_of_it(
    visit, written
):
    page_access.put_in_force(read_setting(written(ROLES + AUTH)))
    visit(user=logged_in())
    file = written("[access")
    told = refusal()
    assert "Nobody is let in" in told
    assert str(file) not in told
