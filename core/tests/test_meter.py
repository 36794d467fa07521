"""Slow is not stalled: less than 1 KiB/s over the whole window is."""

from core.jobs.meter import Meter


def meter_at(monkeypatch):
    clock = {"now": 1000.0}
    monkeypatch.setattr("core.jobs.meter.monotonic", lambda: clock["now"])
    return clock, Meter(60)


def test_silence_longer_than_the_window_is_a_stall(monkeypatch):
    clock, meter = meter_at(monkeypatch)
    clock["now"] += 60
    assert not meter.is_stalled
    clock["now"] += 1
    assert meter.is_stalled


def test_a_drip_is_a_stall(monkeypatch):
    clock, meter = meter_at(monkeypatch)
    for second in range(61):
        clock["now"] += 1
        meter.at(second * 10)
    assert meter.is_stalled


def test_two_kibibytes_a_second_are_slow_but_fine(monkeypatch):
    clock, meter = meter_at(monkeypatch)
    for second in range(300):
        clock["now"] += 1
        meter.at(second * 2048)
        assert not meter.is_stalled


def test_a_sign_of_life_counts_as_movement(monkeypatch):
    clock, meter = meter_at(monkeypatch)
    clock["now"] += 59
    meter.alive()
    clock["now"] += 59
    assert not meter.is_stalled


def test_two_measures_side_by_side_do_not_hide_a_drip(monkeypatch):
    clock, meter = meter_at(monkeypatch)
    for second in range(70):
        clock["now"] += 1
        meter.at(second)
        meter.at(100_000 + second, of="folder")
    assert meter.is_stalled


def test_a_file_begun_anew_counts_as_movement(monkeypatch):
    clock, meter = meter_at(monkeypatch)
    meter.at(1_000_000)
    clock["now"] += 50
    meter.at(10)
    clock["now"] += 50
    assert not meter.is_stalled
