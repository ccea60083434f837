"""The path prefix, and the forwarding headers of proxies: they count only from proxies that a setting names."""

from __future__ import annotations

from typing import Any

import pytest

from sunspot_dash.errors import ParameterError
from sunspot_dash.settings import WebSettings
from sunspot_dash.web.front import FORWARDING, PREFIX, UNTRUSTED, Front, is_loopback

CLIENT = {
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Host": "sun.example.org",
    "X-Forwarded-Proto": "https",
}


def seen(peer: str, headers: dict[str, str], path: str = "/", **settings: str) -> dict[str, Any]:
    """The environment that the app sees."""
    environ: dict[str, Any] = {"REMOTE_ADDR": peer, "HTTP_HOST": "127.0.0.1:8050", "PATH_INFO": path}
    environ |= {"wsgi.url_scheme": "http", "SCRIPT_NAME": ""}
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    found: dict[str, Any] = {}
    Front(lambda given, _: found.update(given) or [], WebSettings.read(**settings))(environ, lambda *_: None)
    return found


def told(found: dict[str, Any]) -> tuple[str, str, str]:
    """Address, host and scheme."""
    return found["REMOTE_ADDR"], found["HTTP_HOST"], found["wsgi.url_scheme"]


@pytest.mark.parametrize("peer", ["127.0.0.1", "192.0.2.1", "::1", ""])
def test_headers_of_a_proxy_that_is_not_named_are_removed_and_reported(peer):
    found = seen(peer, CLIENT, trusted_proxies="10.0.0.0/8")
    assert told(found) == (peer, "127.0.0.1:8050", "http") and found[UNTRUSTED] == "X-Forwarded-For"
    assert not any(name.startswith("HTTP_X_FORWARDED") for name in found)


@pytest.mark.parametrize("name", FORWARDING)
def test_each_header_shows_that_there_is_a_proxy(name):
    assert seen("127.0.0.1", {name: "x"})[UNTRUSTED] == name
    assert seen("127.0.0.1", {})[UNTRUSTED] == ""


@pytest.mark.parametrize(
    ("peer", "trusted"),
    [
        ("10.1.2.3", "10.0.0.0/8"),
        ("127.0.0.1", "::1, 127.0.0.1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("", "unix"),
    ],
)
def test_headers_of_a_named_proxy_count(peer, trusted):
    found = seen(peer, CLIENT, trusted_proxies=trusted)
    assert told(found) == ("198.51.100.7", "sun.example.org", "https") and found[UNTRUSTED] == ""


@pytest.mark.parametrize(
    ("header", "client"),
    [
        ("203.0.113.9, 198.51.100.7", "198.51.100.7"),  # the first may be invented by the client
        ("198.51.100.7, 10.0.0.2", "198.51.100.7"),  # the second is a proxy, too
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("nonsense", "10.0.0.1"),
        ("198.51.100.7, nonsense", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_the_client_is_the_nearest_address_that_is_not_a_named_proxy(header, client):
    assert (
        seen("10.0.0.1", {"X-Forwarded-For": header}, trusted_proxies="10.0.0.0/8")["REMOTE_ADDR"] == client
    )


def test_the_standard_header_counts_where_the_usual_ones_are_missing():
    header = {
        "Forwarded": 'for="[2001:db8::1]:4711";proto=https, for=198.51.100.7;host="sun.example.org";proto=https'
    }
    assert told(seen("10.0.0.1", header, trusted_proxies="10.0.0.1")) == (
        *("198.51.100.7", "sun.example.org", "https"),
    )
    both = header | {"X-Forwarded-For": "192.0.2.9"}
    assert seen("10.0.0.1", both, trusted_proxies="10.0.0.1")["REMOTE_ADDR"] == "192.0.2.9"
    for broken in (";;,,=", 'for="', "x"):
        assert (
            seen("10.0.0.1", {"Forwarded": broken}, trusted_proxies="10.0.0.1")["REMOTE_ADDR"] == "10.0.0.1"
        )


@pytest.mark.parametrize(
    ("path", "rest"),
    [
        ("/user/ana/proxy/8123/", "/"),
        ("/user/ana/proxy/8123", "/"),
        ("/user/ana/proxy/8123/media/a", "/media/a"),
        ("/media/a", "/media/a"),  # the proxy has removed it
        ("/user/ana/proxy/81234", "/user/ana/proxy/81234"),
    ],
)
@pytest.mark.parametrize("prefix", ["/user/ana/proxy/8123/", "user/ana/proxy/8123"])
def test_the_prefix_is_removed_if_the_proxy_has_not_removed_it(prefix, path, rest):
    found = seen("127.0.0.1", {}, path, url_prefix=prefix)
    assert (found["SCRIPT_NAME"], found["PATH_INFO"]) == ("/user/ana/proxy/8123", rest)


def test_a_prefix_may_have_characters_that_an_address_encodes():
    assert (
        seen("127.0.0.1", {}, "/user/anä/x".encode().decode("latin-1"), url_prefix="/user/an%C3%A4")[
            "PATH_INFO"
        ]
        == "/x"
    )
    assert seen("10.0.0.1", {"X-Forwarded-Prefix": "/x"}, trusted_proxies="10.0.0.1")[PREFIX] == "/x"


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("url_prefix", "/a b/", "use the path in the address bar"),
        ("url_prefix", "https://x/", "use the path in the address bar"),
        ("url_prefix", "/a/../b", "use the path in the address bar"),
        ("url_prefix", '/"><script>/', "use the path in the address bar"),
        ("trusted_proxies", "proxy.example.org", "'proxy.example.org' is not an address such as 127.0.0.1"),
        ("trusted_proxies", "10.0.0.1/8", "is not an address"),
        ("trusted_proxies", "*", "is not an address"),
    ],
)
def test_an_invalid_setting_is_named(monkeypatch, name, value, fault):
    with pytest.raises(ParameterError, match=f"SUNSPOT_{name.upper()} was .*{fault}"):
        WebSettings.read(**{name: value})
    monkeypatch.setenv(f"SUNSPOT_{name.upper()}", value)
    with pytest.raises(ParameterError, match=f"SUNSPOT_{name.upper()} was"):
        WebSettings.read()


def test_a_given_value_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("SUNSPOT_URL_PREFIX", "/a/")
    assert WebSettings.read().url_prefix == WebSettings.read(url_prefix="").url_prefix == "/a/"
    assert WebSettings.read(url_prefix="b").url_prefix == "/b/"
    names = WebSettings.read(host_names="Sun.example.org:8443, [::1]:80,localhost, 2001:db8::1").names
    assert names == ["sun.example.org", "::1", "localhost", "2001:db8::1"]


def test_loopback_addresses():
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "192.0.2.1", "::", "example.org")))
