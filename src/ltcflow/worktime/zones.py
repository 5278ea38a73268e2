"""The time zone of a country or of a part of it."""

from __future__ import annotations

from functools import lru_cache

_BUSIEST = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}
"""Where the first zone that the time zone database lists for a country is not that of its main business city."""

_PARTS = {
    "US": {
        "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
        "America/Denver": "CO MT NM UT WY",
        "America/Boise": "ID",
        "America/Phoenix": "AZ",
        "America/Los_Angeles": "CA NV OR WA",
        "America/Detroit": "MI",
        "America/Indiana/Indianapolis": "IN",
        "America/Anchorage": "AK",
        "Pacific/Honolulu": "HI",
        "Pacific/Guam": "GU MP",
        "Pacific/Pago_Pago": "AS",
        "America/Puerto_Rico": "PR VI",
    },
    "CA": {
        "America/Vancouver": "BC",
        "America/Edmonton": "AB NT",
        "America/Regina": "SK",
        "America/Winnipeg": "MB",
        "America/Halifax": "NS PE",
        "America/Moncton": "NB",
        "America/St_Johns": "NL",
        "America/Iqaluit": "NU",
        "America/Whitehorse": "YT",
    },
    "AU": {
        "Australia/Melbourne": "VIC",
        "Australia/Brisbane": "QLD",
        "Australia/Adelaide": "SA",
        "Australia/Darwin": "NT",
        "Australia/Perth": "WA",
        "Australia/Hobart": "TAS",
    },
    "BR": {
        "America/Rio_Branco": "AC",
        "America/Manaus": "AM RR RO",
        "America/Cuiaba": "MT",
        "America/Campo_Grande": "MS",
        "America/Belem": "AP PA",
        "America/Fortaleza": "CE MA PB PI RN",
        "America/Bahia": "BA",
        "America/Maceio": "AL SE",
        "America/Recife": "PE",
        "America/Araguaina": "TO",
    },
    "ES": {"Atlantic/Canary": "CN", "Africa/Ceuta": "CE ML"},
    "PT": {"Atlantic/Azores": "20", "Atlantic/Madeira": "30"},
    "CL": {"America/Punta_Arenas": "MA", "America/Coyhaique": "AI"},
    "NZ": {"Pacific/Chatham": "CIT"},
    "FR": {
        "America/Guadeloupe": "971 BL MF",
        "America/Martinique": "972",
        "America/Cayenne": "973",
        "America/Miquelon": "PM",
        "Indian/Reunion": "974",
        "Indian/Mayotte": "976",
        "Pacific/Noumea": "NC",
        "Pacific/Tahiti": "PF",
        "Pacific/Wallis": "WF",
    },
    "MY": {"Asia/Kuching": "12 13 15"},
    "FM": {"Pacific/Chuuk": "TRK YAP", "Pacific/Kosrae": "KSA"},
}
"""Parts of countries (ISO 3166-2) whose capital keeps another zone than the country's main city."""


@lru_cache(maxsize=1)
def _first_zones() -> dict[str, str]:
    """Return the first zone of each country in the table of the time zone database."""
    from importlib.resources import files

    zones: dict[str, str] = {}
    for line in files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            zones.setdefault(code, zone)
    return zones


def zone_of(country: str, part: str = "") -> str:
    """Return the zone of a country's main business city, or of the capital of *part* of it.

    Example:
        >>> zone_of("US"), zone_of("US", "CA"), zone_of("DE", "BY"), zone_of("ES", "CN")
        ('America/New_York', 'America/Los_Angeles', 'Europe/Berlin', 'Atlantic/Canary')
    """
    for zone, parts in _PARTS.get(country, {}).items():
        if part in parts.split():
            return zone
    return _BUSIEST.get(country) or _first_zones().get(country, "UTC")
