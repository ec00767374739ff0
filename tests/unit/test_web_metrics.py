"""Figures of several processes as one text: whose each line is, and how many answered."""

from pathlib import Path

import gevent
import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.settings import Settings
from support.web import metrics
from support.web.metrics import Figures, merged

ONE = """# HELP words_total Words
# TYPE words_total counter
words_total 3.0
# HELP late_seconds Late
# TYPE late_seconds histogram
late_seconds_bucket{le="1.0"} 2.0
late_seconds_bucket{le="+Inf"} 2.0
late_seconds_count 2.0
late_seconds_sum 0.5
"""
OTHER = """# HELP words_total Words
# TYPE words_total counter
words_total 4.0
# HELP only_there Only there
# TYPE only_there gauge
only_there{room="a, \\"b\\""} 1.0
"""


def samples(text: str) -> dict[tuple[str, str], float]:
    """What an outside reader makes of it."""
    return {
        (sample.name, sample.labels.get("process", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_each_line_says_whose_it_is() -> None:
    found = samples(merged({"1": ONE, "2": OTHER}))
    assert found["words_total", "1"] == 3
    assert found["words_total", "2"] == 4
    assert found["only_there", "2"] == 1
    assert found["late_seconds_sum", "1"] == 0.5
    assert found["handrail_processes", ""] == 2


def test_a_heading_is_said_once_and_before_its_lines() -> None:
    text = merged({"1": ONE, "2": OTHER})
    assert text.count("# TYPE words_total counter") == 1
    assert text.index("# TYPE words_total") < text.index('words_total{process="1"}')
    assert text.index('words_total{process="2"}') < text.index("# TYPE late_seconds")


def test_labels_that_were_there_stay() -> None:
    text = merged({"2": OTHER})
    assert 'only_there{process="2",room="a, \\"b\\""} 1.0' in text


def test_nothing_of_nobody_is_still_a_text() -> None:
    assert samples(merged({})) == {("handrail_processes", ""): 0}


def settings_of(folder: Path, workers: int) -> Settings:
    return Settings(data=folder, database_url="sqlite://", secret_key="x", workers=workers)


def test_whoever_is_asked_asks_the_others(tmp_path: Path) -> None:
    both = [Figures(settings_of(tmp_path, 3), number) for number in (1, 2)]
    for each in both:
        each.start()
    text = gevent.spawn(both[0].gather).get(timeout=5)
    assert samples(text)["handrail_processes", ""] == 2  # the third does not answer
    assert ("python_info", "1") in samples(text)
    assert ("python_info", "2") in samples(text)
    for each in both:
        assert each._server is not None
        each._server.stop()


def test_one_process_alone_has_no_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_FIGURES", [])
    assert "process=" not in metrics.text()
    assert "handrail_processes" not in metrics.text()
