"""docs/performance.md and the README's table, from what was measured."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from benchmarks.spread import MET, MISSED, UNCERTAIN, judged, ratios, spread, verdict
from quantities import duration, ratio
from tables import row, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from benchmarks.kept import Measured, OfPython
    from benchmarks.parts import Part
    from benchmarks.spread import Spread
    from benchmarks.values import Compared, Curve, Figure, Target, Unit

BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
_COLUMNS = ("", "without mvenv", "with mvenv", "ratio (quartiles)", "target", "met")
_SHORT_COLUMNS = ("", "without mvenv", "with mvenv", "ratio", "target", "met")
_BUSY = 0.1
_PAGE = f"""\
# Performance

<!-- made by `scripts/benchmark` -->

What mvenv costs, as `scripts/benchmark` has measured it: the only source of such figures. Both sides of a row are done
alternately, in one run, the first of each not counted; each column has the median. The ratio is the median of those of
the pairs, so what slows down both for a while is not in it, with the quartiles behind it. `PYTHONHASHSEED` is 0,
algebra has one thread. Targets are what it may cost: {{counted}}.

| met | means |
|---|---|
| {MET} | the median is not above the target |
| {UNCERTAIN} | the median is above, the lower quartile is not: a quarter of the pairs, or more, meet it |
| {MISSED} | neither is |

{{machine}}.

{{parts}}
"""


def page(kept: Mapping[str, OfPython], parts: Mapping[str, Part], machine: str) -> str:
    """Return the page.

    :param machine: what the results hold for, in words.
    """
    sections = []
    for name, part in parts.items():
        found = [(one, one.parts[name]) for one in kept.values() if name in one.parts]
        tables = [_of_python(one, measured) for one, measured in found]
        sections.append(
            "\n\n".join([f"## {part.title}", _folded(part.text), *(tables or ["Not measured yet."])])
        )
    figures = [
        each
        for one in kept.values()
        for name, part in one.parts.items()
        if name in parts
        for each in part.result.figures
        if each.target is not None
    ]
    verdicts = [verdict(judged(each), each.target) for each in figures if each.target is not None]
    counted = f"{verdicts.count(MET)} met, {verdicts.count(UNCERTAIN)} within the spread, {verdicts.count(MISSED)} not"
    return _PAGE.format(counted=counted, machine=machine, parts="\n\n".join(sections))


def short(one: OfPython, parts: Iterable[str], machine: str) -> str:
    """Return the README's table, of one Python."""
    measured = [one.parts[name] for name in parts if name in one.parts]
    figures = [each for part in measured for each in part.result.figures if each.in_short]
    runs = sorted({part.runs for part in measured})
    pairs = f"{runs[0]}" if len(runs) == 1 else f"{runs[0]} to {runs[-1]}" if runs else "no"
    said = _folded(f"CPython {one.version}, {machine}; medians of {pairs} pairs. {_busy(measured)}".strip())
    rows = (row(_cells(each, is_short=True)) for each in figures)
    return "\n".join([table(_SHORT_COLUMNS, rows), "", said])


def replaced(readme: str, text: str) -> str:
    """Return a page with its table replaced.

    :raises ValueError: it has no place for one.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"there is no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


def printed(one: OfPython, part: str) -> str:
    """Return what was measured of a part, for whoever has started it."""
    return _of_python(one, one.parts[part])


def _of_python(one: OfPython, measured: Measured) -> str:
    result = measured.result
    pairs = f"{measured.runs} pair{'s' if measured.runs != 1 else ''}"
    said = (
        f"**CPython {one.version}**, {pairs} (fewer of what takes long), {measured.date}. {_busy([measured])}"
    )
    parts = [_folded(said.strip())]
    if result.figures:
        parts.append(table(_COLUMNS, (row(_cells(each)) for each in result.figures)))
    parts += _comparison(result.compared)
    parts += [part for curve in result.curves for part in _curve(curve)]
    parts += map(_folded, result.notes)
    return "\n\n".join(parts)


def _busy(parts: Sequence[Measured]) -> str:
    """Say that others were at work, if they were."""
    others = max((part.others for part in parts), default=0.0)
    return (
        f"Other work took {others:.0%} of the processors meanwhile: not to be relied on."
        if others > _BUSY
        else ""
    )


def _cells(figure: Figure, *, is_short: bool = False) -> Iterator[str]:
    yield figure.what
    yield shown(spread(figure.floor).median, figure.unit) if figure.floor else "-"
    yield shown(spread(figure.mvenv).median, figure.unit)
    of = figure.target.of if figure.target else "ratio" if figure.floor else "value"
    found = judged(figure)
    yield (
        "-" if of == "value" else _spread(found, of, figure.unit, is_short=is_short or len(figure.mvenv) == 1)
    )
    if figure.target is None:
        yield from ("-", "-")
        return
    yield _target(figure.target, figure.unit)
    yield verdict(found, figure.target)


def _spread(found: Spread, of: str, unit: Unit, *, is_short: bool = False) -> str:
    def one(value: float) -> str:
        return ratio(value, 1.0) if of == "ratio" else f"{'+' if value >= 0 else ''}{shown(value, unit)}"

    return one(found.median) if is_short else f"{one(found.median)} ({one(found.low)} to {one(found.high)})"


def _target(target: Target, unit: Unit) -> str:
    if target.of == "ratio":
        return f"≤ {target.most:.2f}"
    if target.of == "difference":
        return f"≤ +{shown(target.most, unit)}"
    return f"≤ {shown(target.most, unit)}"


def shown(value: float, unit: Unit) -> str:
    """Return a quantity in its unit."""
    if unit == "s":
        return duration(value)
    if unit == "MiB":
        return f"{value:.1f} MiB"
    if unit == "instructions":
        return f"{value / 1e6:,.1f} M"
    return f"{value:g}"


def _comparison(compared: Sequence[Compared]) -> list[str]:
    if not compared:
        return []
    ways = list(compared[0].ways)
    reasons: dict[str, int] = {}
    rows = []
    for each in compared:
        cells = [each.what]
        for way in ways:
            found = each.ways[way]
            if isinstance(found, str):
                reason = f"{way}: `{found.replace('`', '')}`"
                cells.append(f"cannot ({reasons.setdefault(reason, len(reasons) + 1)})")
            else:
                cells.append(duration(spread(found).median))
        rows.append(row(cells))
    numbered = ["\n".join(f"{number}. {reason}" for reason, number in reasons.items())] if reasons else []
    return [table(("", *ways), rows), *numbered]


def _curve(curve: Curve) -> list[str]:
    rows = []
    for point in curve.points:
        more = spread([after - before for before, after in zip(point.floor, point.mvenv, strict=True)])
        sides = (duration(spread(side).median) for side in (point.floor, point.mvenv))
        measured = (
            _spread(more, "difference", "s"),
            ratio(spread(ratios(point.floor, point.mvenv)).median, 1.0),
        )
        rows.append(row((f"{point.at:,}", *sides, *measured)))
    first, last = curve.points[0], curve.points[-1]
    floor, mvenv = (
        ratio(spread(after).median, spread(before).median)
        for before, after in ((first.floor, last.floor), (first.mvenv, last.mvenv))
    )
    columns = (curve.along, "without mvenv", "with mvenv", "more with it (quartiles)", "ratio")
    grown = (
        f"Times {ratio(last.at, first.at)} {curve.along}: without mvenv times {floor}, with it times {mvenv}."
    )
    return [f"### {curve.what}", table(columns, rows), grown]


def _folded(text: str) -> str:
    return textwrap.fill(text, 118, break_long_words=False, break_on_hyphens=False)
