"""The paths of the server: what they answer, and what they never say."""

from __future__ import annotations

import io
import json
import re
import time
from typing import Any

import pytest
from served_stubs import FORM, StubModel, StubWriter, call, client, error_of

from seqtune.serve.app import create_app
from seqtune.serve.batcher import Batcher
from seqtune.serve.exchange import Answer, Ask
from seqtune.serve.media import CSV, JSON
from seqtune.serve.settings import ServeSettings

ROWS = b'[{"month": "1961-01", "passengers": 450}]'
TOKEN = "0123456789abcdef"


def test_a_single_model_answers_at_the_root_and_under_its_name() -> None:
    with client() as server:
        for path in ("/predict", "/models/airline/predict"):
            found = server.post(path, content=ROWS, headers={"content-type": JSON})
            assert (found.status_code, found.content) == (200, ROWS)
            assert found.headers["content-type"] == JSON
            assert found.headers["x-content-type-options"] == "nosniff"


def test_several_models_answer_under_their_names_alone() -> None:
    with client(StubModel("a"), StubModel("b")) as server:
        assert server.post("/models/a/predict", content=ROWS).status_code == 415
        found = server.post("/models/b/predict", content=ROWS, headers={"content-type": CSV})
        assert (found.status_code, found.headers["content-type"]) == (200, CSV)
        assert server.post("/predict").status_code == 404
        assert [each["name"] for each in server.get("/models").json()["models"]] == ["a", "b"]


def test_no_body_is_a_request_too() -> None:
    with client() as server:
        assert server.post("/predict").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/predict", {}, 405),
        ("POST", "/models", {}, 405),
        ("GET", "/nothing", {}, 404),
        ("GET", "/../../etc/passwd", {}, 404),
        ("GET", "/page.css/..%2f..%2fapp.py", {}, 404),
        ("POST", "/models/other/predict", {}, 404),
        ("POST", "/predict", {"content-type": "text/html"}, 415),
        ("POST", "/predict", {"content-type": JSON, "accept": "image/png"}, 406),
        ("POST", "/predict", {"content-type": JSON, "content-length": "9" * 30}, 413),
    ],
)
def test_what_is_not_served_is_refused_in_json(
    method: str, path: str, headers: dict[str, str], status: int
) -> None:
    with client() as server:
        found = server.request(method, path, headers=headers, content=b"[]")
        assert found.status_code == status
        error_of(found.content)


def test_a_body_beyond_the_limit_is_refused() -> None:
    with client(max_body_bytes=100) as server:
        fits = server.post("/predict", content=b" " * 100, headers={"content-type": JSON})
        over = server.post("/predict", content=b" " * 101, headers={"content-type": JSON})
        assert (fits.status_code, over.status_code) == (200, 413)
        assert over.headers["connection"] == "close"


def test_a_body_beyond_the_limit_that_does_not_say_so_is_refused() -> None:
    app = create_app([StubModel()], ServeSettings(max_body_bytes=100))
    parts = [{"type": "http.request", "body": b" " * 60, "more_body": True}] * 3
    start, _ = call(app, "/predict", parts, {"content-type": JSON})
    assert start["status"] == 413


def test_a_client_that_is_too_slow_is_told_so() -> None:
    app = create_app([StubModel()], ServeSettings(body_seconds=0.05))
    parts = [{"type": "http.request", "body": b"[", "more_body": True}, 1.0]
    start, body = call(app, "/predict", parts, {"content-type": JSON})
    assert (start["status"], "too slow" in error_of(body["body"])) == (408, True)


def test_a_client_that_goes_away_is_no_fault() -> None:
    app = create_app([StubModel()], ServeSettings())
    parts = [{"type": "http.request", "body": b"[", "more_body": True}]
    start, _ = call(app, "/predict", parts, {"content-type": JSON})
    assert start["status"] == 400


def test_a_fault_of_the_model_says_nothing_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    class Broken(StubModel):
        def answer(self, asks: Any) -> list[Answer]:
            raise OSError("/home/me/secret")

    with client(Broken()) as server:
        found = server.post("/predict", content=ROWS, headers={"content-type": JSON})
        assert found.status_code == 500 and "secret" not in found.text


def test_health_needs_no_token_and_all_else_does() -> None:
    with client(token=TOKEN) as server:
        assert server.get("/health/live").json() == {"status": "live"}
        assert server.get("/health/ready").json() == {"status": "ready"}
        for path in ("/models", "/models/airline", "/openapi.json", "/metrics"):
            refused = server.get(path)
            assert refused.status_code == 401 and "www-authenticate" in refused.headers
            given = server.get(path, headers={"authorization": f"Bearer {TOKEN}"})
            assert given.status_code == 200
        headers = {"content-type": JSON, "authorization": f"Bearer {TOKEN}"}
        assert server.post("/predict", content=ROWS, headers=headers).status_code == 200
        assert server.post("/predict", content=ROWS).status_code == 401
        assert server.get("/predict").status_code == 401  # nobody learns which method it takes
        other = server.get("/predict", headers=headers)
        assert other.status_code == 405 and other.headers["allow"] == "POST"
        page = server.get("/")
        assert page.status_code == 200 and "airline" not in page.text


def test_a_full_server_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    with client(max_queue=3) as server:
        monkeypatch.setattr(Batcher, "__len__", lambda self: 3)
        assert server.get("/health/ready").status_code == 503


def test_metrics_count_answers_and_batches() -> None:
    with client() as server:
        for _ in range(3):
            server.post("/predict", content=ROWS, headers={"content-type": JSON})
        server.post("/predict", content=ROWS)
        found = server.get("/metrics")
        assert found.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert 'seqtune_requests_total{model="airline",status="200"} 3' in found.text
        assert 'seqtune_requests_total{model="airline",status="415"} 1' in found.text
        assert 'seqtune_batch_requests_count{model="airline"} 3' in found.text
        assert 'seqtune_request_seconds_bucket{model="airline",le="+Inf"} 4' in found.text
        line = re.compile(r'(# (HELP|TYPE) .+|[a-z_]+(\{([a-z]+="[^"]*",?)+\})? [0-9.e+-]+)')
        assert all(line.fullmatch(each) for each in found.text.splitlines())


def test_the_page_runs_its_own_script_and_nothing_else() -> None:
    with client() as server:
        page = server.get("/")
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
        assert "http" not in page.text.replace("http-equiv", "")
        for name in re.findall(r'(?:src|href)="([^"]+)"', page.text):
            assert server.get(f"/{name}").status_code == 200
        script = server.get("/page.js").text
        assert "innerHTML" not in script and "eval" not in script
        used = set(re.findall(r'at\("(\w+)"\)', script)) - {"id"}
        assert used <= set(re.findall(r'id="(\w+)"', page.text))


def test_the_card_names_the_file_of_the_data_and_not_where_it_lies() -> None:
    with client() as server:
        card = server.get("/models/airline").json()
        assert card["data"] == "airline.csv" and card["validation"] == {"mase": 0.8}
        assert card["columns"][1] == {
            "name": "passengers", "kind": "number", "role": "target", "required": True,
        }  # fmt: skip
        assert "secret" not in json.dumps(card)


def test_the_document_is_made_of_the_columns_of_the_run() -> None:
    with client(token=TOKEN) as server:
        found = server.get("/openapi.json", headers={"authorization": f"Bearer {TOKEN}"}).json()
    post = found["paths"]["/predict"]["post"]
    schema = post["requestBody"]["content"][JSON]["schema"]["items"]
    assert schema["properties"]["passengers"]["type"] == ["number", "null"]
    assert schema["required"] == ["month", "passengers"]
    assert post["requestBody"]["content"][JSON]["example"] == list(FORM.example)
    assert post["requestBody"]["content"][CSV]["example"] == "month,passengers\n1960-12,432.0\n"
    assert post["requestBody"]["required"] is False
    assert found["security"] == [{"token": []}]
    assert "/models/airline/predict" in found["paths"]


def test_a_model_that_writes_streams_its_pieces() -> None:
    with client(StubWriter("tales")) as server:
        found = server.post("/generate", json={"prompt": "a\nb"})
        assert found.headers["content-type"] == "text/event-stream"
        assert found.text == (
            'data: "a"\n\ndata: "\\n"\n\ndata: "b"\n\n'
            'event: end\ndata: {"text": "a\\nb", "ended": "length"}\n\n'
        )
        whole = server.post("/generate", json={"prompt": "ab"}, headers={"accept": JSON})
        assert whole.json() == {"text": "ab", "ended": "length"}
        document = server.get("/openapi.json").json()
        assert "text/event-stream" in str(document["paths"]["/generate"]["post"]["responses"])
        assert 'status="200"} 2' in server.get("/metrics").text


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b'{"prompt": 7}', 422, "prompt is no string"),
        (b'{"prompt": "12345678901"}', 422, "prompt is of 11 characters"),
        (b'{"prompt": "\\ud800"}', 422, "half a character"),
        (b'{"length": 10}', 422, "length is 10; expected 1 to 9"),
        (b'{"length": true}', 422, "length is no integer"),
        (b'{"length": 1.5}', 422, "length is no integer"),
        (b'{"length": ' + b"9" * 4_000 + b"}", 422, "length is 99999999999999999999; expected"),
        (b'{"lenght": 5}', 422, "expected prompt, length"),
        (b"[]", 422, "no object"),
        (b"{", 400, "no JSON"),
        (b"\xff", 400, "no JSON"),
        (b"[" * 100_000, 400, "no JSON"),
        (b'{"prompt": "bad"}', 422, "cannot write that"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_stream_begins(
    body: bytes, status: int, said: str
) -> None:
    with client(StubWriter("tales")) as server:
        found = server.post("/generate", content=body, headers={"content-type": JSON})
        assert found.status_code == status and said in error_of(found.content)


def test_a_writer_stops_when_nobody_listens() -> None:
    heard: list[str] = []

    class Endless(StubWriter):
        def stream(self, options: Any, hear: Any) -> dict[str, Any]:
            while True:
                heard.append("x")
                hear("x")

    def ask(seconds_until_gone: float) -> list[Any]:
        app = create_app([Endless()], ServeSettings(timeout_seconds=0.2))
        body = {"type": "http.request", "body": b"{}"}
        return call(app, "/generate", [body, seconds_until_gone], {})

    ask(0.05)
    time.sleep(0.05)
    count = len(heard)
    time.sleep(0.05)
    assert len(heard) == count > 0
    assert b"event: cut" in ask(5.0)[-2]["body"]


def test_requests_are_logged_where_that_is_wanted_and_cannot_forge_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with client(logs=True) as server:
        server.get("/health/live")
        server.get("/nothing%0aforged%1b[2J")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2 and all(line.isprintable() for line in lines)
    assert re.fullmatch(r"testclient GET /health/live 200 \d\.\d{3}s", lines[0])
    with client() as server:
        server.get("/health/live")
    assert capsys.readouterr().err == ""


def test_asks_reach_the_model_with_their_media() -> None:
    asked: list[Ask] = []

    class Listening(StubModel):
        def answer(self, asks: Any) -> list[Answer]:
            asked.extend(asks)
            return super().answer(asks)

    with client(Listening()) as server:
        headers = {"content-type": "text/csv; charset=utf-8", "accept": "application/json"}
        server.post("/predict", content=io.BytesIO(b"a\n1\n").read(), headers=headers)
    assert asked == [Ask(b"a\n1\n", CSV, JSON)]
