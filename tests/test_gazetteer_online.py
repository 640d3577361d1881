"""Asking Nominatim, tried against a stand-in on this machine."""

import json
import pickle
import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from gazetteer.online import (
    NoNetworkError,
    NothingFoundError,
    OnlineGeocoder,
    OnlineGeocodingError,
    RequestRefusedError,
)

KOHLU_DAM = {
    "lat": "29.9",
    "lon": "69.24",
    "osm_type": "way",
    "osm_id": 7,
    "class": "waterway",
    "name": "Kohlu Dam",
    "display_name": "Kohlu Dam, Kohlu, Balochistan, Pakistan",
    "address": {"country_code": "pk", "state": "Balochistan"},
}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@contextmanager
def standing_in(body, status=200, hold=None):
    """Serve one answer to every request on loopback; yield (domain, requests seen)."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((parse_qs(urlsplit(self.path).query), self.headers["User-Agent"]))
            if hold is not None:
                hold.wait(10)
            self.send_response(status)
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(body.encode())

        def log_message(self, *args):
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", seen
    finally:
        if hold is not None:
            hold.set()
        server.shutdown()
        thread.join()
        server.server_close()


def geocoder(folder, domain, **options):
    return OnlineGeocoder(folder, domain=domain, scheme="http", **({"min_delay_s": 0} | options))


def test_an_answer_gets_its_district_from_our_polygons(tmp_path):
    with standing_in(json.dumps([KOHLU_DAM])) as (domain, _):
        match = geocoder(tmp_path, domain).locate("Kohlu dam")
    assert (match.place.name, match.place.adm2_name) == ("Kohlu Dam", "Kohlu")
    assert (match.match, match.place.place_id) == ("exact", "osm:way/7")
    assert "OpenStreetMap" in match.as_dict()["note"]


def test_a_place_outside_the_boundaries_has_no_district(tmp_path):
    karachi = KOHLU_DAM | {"lat": "24.86", "lon": "67.0", "name": "Karachi", "address": None}
    with standing_in(json.dumps([karachi])) as (domain, _):
        place = geocoder(tmp_path, domain).locate("Karachi").place
    assert (place.adm1_pcode, place.adm2_pcode) == (None, None)


def test_the_user_agent_names_the_project_and_the_question_is_limited_to_the_region(tmp_path):
    with standing_in(json.dumps([KOHLU_DAM])) as (domain, seen):
        geocoder(tmp_path, domain).locate("Kohlu dam")
    query, agent = seen[0]
    assert agent.startswith("incident-map/")
    assert query["q"] == ["Kohlu dam"]
    assert query["countrycodes"] == ["pk,af,ir"]


def test_the_same_question_is_asked_once_even_by_another_geocoder(tmp_path):
    with standing_in(json.dumps([KOHLU_DAM])) as (domain, seen):
        first = geocoder(tmp_path, domain).locate("Kohlu dam")
        second = geocoder(tmp_path, domain).locate("  Kohlu  dam ")
    assert first == second
    assert len(seen) == 1


def test_that_nothing_was_found_is_kept_too(tmp_path):
    with standing_in("[]") as (domain, seen):
        for _ in range(2):
            with pytest.raises(NothingFoundError, match="Try another spelling"):
                geocoder(tmp_path, domain).locate("Nowhere")
    assert len(seen) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
def test_a_refusal_is_told_apart_and_not_kept(tmp_path, status):
    with standing_in("no", status) as (domain, seen):
        for _ in range(2):
            with pytest.raises(RequestRefusedError):
                geocoder(tmp_path, domain).locate("Kohlu dam")
    assert len(seen) == 2


@pytest.mark.parametrize("body", ["<html>busy</html>", '{"error": "busy"}', '["busy"]'])
def test_an_answer_that_is_no_list_of_places_is_a_refusal(tmp_path, body):
    with standing_in(body) as (domain, _), pytest.raises(RequestRefusedError):
        geocoder(tmp_path, domain).locate("Kohlu dam")


def test_no_network_is_told_apart(tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(NoNetworkError, match="cannot be reached"):
        geocoder(tmp_path, f"127.0.0.1:{port}").locate("Kohlu dam")


def test_a_service_that_does_not_answer_in_time_counts_as_no_network(tmp_path):
    service = standing_in("[]", hold=threading.Event())
    with service as (domain, _), pytest.raises(NoNetworkError, match="in time"):
        geocoder(tmp_path, domain, timeout_s=0.2).locate("Kohlu dam")


def test_requests_keep_their_distance_also_from_another_process(tmp_path):
    clock, slept = [1_000.0], []

    def sleep(seconds):
        slept.append(seconds)
        clock[0] += seconds

    options = {"min_delay_s": 1.0, "now": lambda: clock[0], "sleep": sleep}
    with standing_in(json.dumps([KOHLU_DAM])) as (domain, _):
        geocoder(tmp_path, domain, **options).locate("one")
        clock[0] += 0.25
        geocoder(tmp_path, domain, **options).locate("two")
        clock[0] += 5
        geocoder(tmp_path, domain, **options).locate("three")
    assert slept == [0.75]


@pytest.mark.parametrize("kind", [NoNetworkError, RequestRefusedError, NothingFoundError])
def test_online_errors_survive_pickling(kind):
    error = kind("Kohlu dam", "example.org", "it rains")
    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(copy, OnlineGeocodingError)
    assert (type(copy), str(copy)) == (kind, str(error))
    assert "'Kohlu dam'" in str(copy)
