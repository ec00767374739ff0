"""The house itself: health, headers, closed doors."""

from flask import Flask


def test_the_house_is_alive_and_ready(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json["database"] == "ok"


def test_every_answer_carries_the_strict_policy(app: Flask) -> None:
    policy = app.test_client().get("/healthz").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_view_that_says_nothing_refuses_everybody(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    answer = app.test_client().get("/forgotten", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert answer.json["error"]["code"] == "forbidden"


def test_an_unknown_page_is_a_calm_404(app: Flask) -> None:
    answer = app.test_client().get("/nowhere", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "not_found"


def test_a_handshake_without_a_session_is_refused_before_a_socket_exists(app: Flask) -> None:
    headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
    address = "/socket.io/?EIO=4&transport=websocket"
    assert app.test_client().get(address, headers=headers).status_code == 401


def test_a_handshake_from_elsewhere_is_refused(app: Flask) -> None:
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": "https://evil.test"}
    address = "/socket.io/?EIO=4&transport=websocket"
    assert app.test_client().get(address, headers=headers).status_code == 403


def test_long_polling_is_not_offered(app: Flask) -> None:
    assert app.test_client().get("/socket.io/?EIO=4&transport=polling").status_code == 400
