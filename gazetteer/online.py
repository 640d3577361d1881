"""Asking OpenStreetMap's Nominatim for a place the gazetteer lacks. Off unless called.

Nothing here runs by itself: the rest of the gazetteer works without a network. Nominatim's usage
policy asks for at most one request a second, a user agent that names the application, and that
answers are kept; all three are done here. Data: OpenStreetMap contributors, ODbL 1.0.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from geopy.adapters import AdapterHTTPError, URLLibAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeopyError
from geopy.geocoders import Nominatim
from rapidfuzz import fuzz

from gazetteer.match import Candidate, Match
from gazetteer.normalise import fold
from gazetteer.online_cache import AnswerCache
from gazetteer.places import PROVINCE_PCODE, Place
from geo.join import district_index

MIN_DELAY_S = 1.0  # https://operations.osmfoundation.org/policies/nominatim/
DEFAULT_TIMEOUT_S = 10.0
COUNTRIES = ("pk", "af", "ir")
ATTRIBUTION = "Found online by Nominatim; data: OpenStreetMap contributors, ODbL 1.0."


class OnlineGeocodingError(Exception):
    """An online request for a place gave no place."""

    def __init__(self, name: str, service: str, reason: str) -> None:
        super().__init__(name, service, reason)
        self.name = name
        self.service = service
        self.reason = reason

    advice = ""

    def __str__(self) -> str:
        """Say which name was asked of whom, what came back, and what to do."""
        return f"Asking {self.service} for {self.name!r}: {self.reason}. {self.advice}"


class NoNetworkError(OnlineGeocodingError, ConnectionError):
    """The service cannot be reached, or did not answer in time."""

    advice = "Check the connection, or leave out --online: the gazetteer works without one."


class RequestRefusedError(OnlineGeocodingError, PermissionError):
    """The service answered, but not with places: it refused, failed, or cannot be understood."""

    advice = "Wait before asking again; the service limits how much it is asked."


class NothingFoundError(OnlineGeocodingError, LookupError):
    """The service knows no such place in the countries asked for."""

    advice = "Try another spelling, or add the place as gazetteer/data/README.md says."


class OnlineGeocoder:
    """Asks Nominatim, slowly, and keeps every answer in a folder.

    Parameters
    ----------
    folder
        Where answers are kept (`nominatim.sqlite`); made if missing.
    domain, scheme
        The service; only tests and owners of a Nominatim of their own change these.
    timeout_s
        Seconds until a request is given up.
    min_delay_s
        Least seconds between two requests, also of other processes with the same folder.
    now, sleep
        Seconds since the epoch, and waiting; tests pass their own.
    """

    def __init__(
        self,
        folder: Path,
        *,
        domain: str = "nominatim.openstreetmap.org",
        scheme: str = "https",
        timeout_s: float = DEFAULT_TIMEOUT_S,
        min_delay_s: float = MIN_DELAY_S,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._service = domain
        self._cache = AnswerCache(folder / "nominatim.sqlite")
        self._min_delay_s = min_delay_s
        self._now, self._sleep = now, sleep
        self._nominatim = Nominatim(
            user_agent=f"incident-map/{version('incident-map')}",
            domain=domain,
            scheme=scheme,
            timeout=timeout_s,
            adapter_factory=URLLibAdapter,
        )

    def locate(self, name: str) -> Match:
        """Return the place that Nominatim gives for a name, its district from our polygons.

        Raises
        ------
        NoNetworkError
            If the service cannot be reached or does not answer in time.
        RequestRefusedError
            If it refuses, fails, or answers what is no list of places.
        NothingFoundError
            If it knows no such place.
        """
        key = f"{self._service} {','.join(COUNTRIES)} {' '.join(name.split())}"
        answers = self._cache.get(key)
        if answers is None:
            answers = self._ask(name)
            self._cache.put(key, answers)
        places = [place for answer in answers if (place := _place(answer)) is not None]
        if not places:
            raise NothingFoundError(name, self._service, "no such place")
        candidates = tuple(
            Candidate(place, place.name, round(fuzz.ratio(fold(name), fold(place.name)), 1))
            for place in places
        )
        best = candidates[0]
        equal = fold(best.matched_name) == fold(name)
        return Match(
            place=best.place,
            matched_name=best.matched_name,
            match="exact" if equal else "fuzzy",
            score=best.score,
            candidates=candidates,
            note=best.place.note,
        )

    def _ask(self, name: str) -> list[dict[str, Any]]:
        with self._cache.turn(self._now, self._sleep, self._min_delay_s):
            try:
                found = self._nominatim.geocode(
                    name,
                    exactly_one=False,
                    limit=5,
                    language="en",
                    country_codes=list(COUNTRIES),
                    addressdetails=True,
                )
            except GeocoderServiceError as error:
                if not _answered(error):
                    late = isinstance(error, GeocoderTimedOut)
                    reason = "no answer in time" if late else "it cannot be reached"
                    raise NoNetworkError(name, self._service, reason) from error
                reason = f"it refused ({type(error).__name__}: {str(error)[:120]})"
                raise RequestRefusedError(name, self._service, reason) from error
            except (GeopyError, ValueError, TypeError, KeyError, AttributeError) as error:
                reason = "its answer is no list of places"
                raise RequestRefusedError(name, self._service, reason) from error
        return [location.raw for location in found or ()]


def _answered(error: BaseException) -> bool:
    """Return whether a service answered at all; geopy has one error for much of both."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    if any(isinstance(link, (AdapterHTTPError, GeocoderParseError)) for link in chain):
        return True
    return not any(isinstance(link, (OSError, GeocoderTimedOut)) for link in chain)


def _place(answer: dict[str, Any]) -> Place | None:
    """Return one of Nominatim's answers as a place, or None where it has no usable point."""
    try:
        latitude, longitude = float(answer["lat"]), float(answer["lon"])
        name = str(answer.get("name") or answer["display_name"].split(",")[0])
        located = int(district_index().locate([longitude], [latitude])[0])
    except (KeyError, ValueError, AttributeError):  # CoordinateError is a ValueError
        return None
    district = district_index().boundaries.areas[located] if located >= 0 else None
    address = answer.get("address") or {}
    area = answer.get("class") == "boundary"
    return Place(
        place_id=f"osm:{answer.get('osm_type', 'node')}/{answer.get('osm_id', 0)}",
        name=name,
        latitude=latitude,
        longitude=longitude,
        feature_class="A" if area else "P",
        feature_code="ADMD" if area else "PPL",
        country_code=str(address.get("country_code", "pk")).upper(),
        adm1_pcode=PROVINCE_PCODE if district else None,
        adm1_name=district.adm1_name if district else address.get("state"),
        adm2_pcode=district.adm2_pcode if district else None,
        adm2_name=district.adm2_name if district else None,
        adm3_pcode=None,
        population=None,
        alternate_names=(),
        where_prec=3 if area else 2,
        note=ATTRIBUTION,
    )
