from __future__ import annotations

from annotator.web.charts import HEIGHT, WIDTH, histogram, weekly_masks


def row(week: str, stage: str, masks: int) -> dict[str, object]:
    return {"week": week, "stage": stage, "masks": masks}


def test_stages_of_a_week_are_stacked_and_the_fullest_week_reaches_the_top() -> None:
    rows = [row("2026-01-05", "assisted_manual", 3), row("2026-01-05", "semi_automatic", 1)]
    chart = weekly_masks([*rows, row("2026-01-12", "assisted_manual", 2)])
    assert chart.top == 4
    first, second, third = chart.bars
    assert (first.y + first.height, second.y + second.height) == (HEIGHT, first.y)
    assert second.y == 0
    assert third.height == HEIGHT / 2
    assert [text for _, text in chart.labels] == ["01-05", "01-12"]


def test_many_weeks_stay_inside_and_keep_readable_names() -> None:
    days = [f"2026-{month:02}-{day:02}" for month in (1, 2, 3) for day in range(1, 28)]
    chart = weekly_masks([row(day, "assisted_manual", 1) for day in days])
    assert len(chart.bars) == 26
    assert len(chart.labels) <= 10
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in chart.bars)


def test_no_masks_is_an_empty_chart() -> None:
    assert weekly_masks([]).bars == []


def test_the_histogram_names_its_classes() -> None:
    chart = histogram([0, 1, 2, 4], [0.0, 0.5, 0.9, 1.0])
    assert [text for _, text in chart.labels] == ["0–0.5", "0.5–0.9", "0.9–1", "the same"]
    assert [bar.height for bar in chart.bars] == [0, HEIGHT / 4, HEIGHT / 2, HEIGHT]


def test_bars_carry_their_numbers_while_there_is_room() -> None:
    chart = weekly_masks([row("2026-01-05", "assisted_manual", 3), row("2026-01-05", "semi_automatic", 1)])
    assert [text for _, _, text in chart.numbers] == ["4"]
    assert [text for _, _, text in histogram([0, 7], [0.0, 1.0]).numbers] == ["7"]
    days = [f"2026-{month:02}-{day:02}" for month in (1, 2, 3) for day in range(1, 28)]
    assert weekly_masks([row(day, "assisted_manual", 1) for day in days]).numbers == []
