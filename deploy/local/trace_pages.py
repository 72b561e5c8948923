"""The two pages of the local collector of traces: the list, and one trace as a waterfall. No script, no file but the page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

BAR_WIDTH = 600
BAR_MIN = 2
STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem; color: #1b1b1b }
table { border-collapse: collapse } td, th { padding: .15rem .8rem .15rem 0; text-align: left; white-space: nowrap }
th { border-bottom: 1px solid #999 } .n { text-align: right } .e { color: #a00000 } small { color: #555 }
svg { background: #f1f1f1 }
"""
COLORS = {
    "gateway": "#5b5b5b",
    "identity": "#7a4fb5",
    "family": "#1f77b4",
    "booking": "#2a7f3f",
    "billing": "#b35900",
    "notifications": "#a03070",
}


@dataclass(frozen=True, slots=True)
class SpanRow:
    """One span; `start` and `end` are nanoseconds since 1970, `error` is empty when it ended well."""

    span_id: str
    parent_id: str
    service: str
    name: str
    start: int
    end: int
    error: str
    attributes: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """The span as JSON fields."""
        return asdict(self)


def list_page(traces: Sequence[tuple[str, Sequence[SpanRow]]]) -> str:
    """The traces, each with its first span, how long it took and who took part."""
    rows = ["<tr><th>Began (UTC)<th>First span<th class=n>ms<th class=n>Spans<th>Parts</tr>"]
    for trace_id, spans in traces:
        first = min(spans, key=lambda span: span.start)
        began = datetime.fromtimestamp(first.start / 1e9, UTC).strftime("%H:%M:%S.%f")[:-3]
        parts = ", ".join(dict.fromkeys(span.service for span in sorted(spans, key=lambda span: span.start)))
        mark = " class=e" if any(span.error for span in spans) else ""
        rows.append(
            f'<tr><td>{began}<td><a href="/traces/{escape(trace_id)}"{mark}>{escape(first.name)}</a>'
            f"<td class=n>{_ms(_extent(spans)):.1f}<td class=n>{len(spans)}<td>{escape(parts)}</tr>"
        )
    note = '<p><a href="/?jobs=1">With the runs of jobs that led to nothing</a></p>'
    return _page("Traces", f"<table>{''.join(rows)}</table>{note}")


def trace_page(trace_id: str, spans: Sequence[SpanRow]) -> str:
    """The spans below their parents, each with a bar where it stands in time."""
    begin, extent = min(span.start for span in spans), max(_extent(spans), 1)
    rows = ["<tr><th>Part<th>Span<th class=n>after ms<th class=n>ms<th></tr>"]
    for depth, span in walk(spans):
        left = round((span.start - begin) / extent * BAR_WIDTH)
        width = max(round((span.end - span.start) / extent * BAR_WIDTH), BAR_MIN)
        details = " ".join(f"{key}={value}" for key, value in span.attributes.items())
        error = f" <span class=e>{escape(span.error)}</span>" if span.error else ""
        rows.append(
            f"<tr><td>{escape(span.service)}<td>{'&emsp;' * depth}{escape(span.name)}{error} <small>{escape(details)}</small>"
            f"<td class=n>{_ms(span.start - begin):.1f}<td class=n>{_ms(span.end - span.start):.1f}"
            f'<td><svg width="{BAR_WIDTH + BAR_MIN}" height="12"><rect x="{left}" width="{width}" height="12" '
            f'fill="{COLORS.get(span.service, "#333")}"/></svg></tr>'
        )
    return _page(f"Trace {trace_id}", f'<p><a href="/">All traces</a></p><table>{"".join(rows)}</table>')


def walk(spans: Sequence[SpanRow]) -> Iterator[tuple[int, SpanRow]]:
    """Every span after its parent, with its depth; one whose parent did not come stands at the top."""
    known = {span.span_id for span in spans}
    children: dict[str, list[SpanRow]] = {}
    for span in sorted(spans, key=lambda span: span.start):
        children.setdefault(span.parent_id if span.parent_id in known else "", []).append(span)
    waiting = [(0, span) for span in reversed(children.get("", ()))]
    while waiting:
        depth, span = waiting.pop()
        yield depth, span
        waiting += [(depth + 1, child) for child in reversed(children.get(span.span_id, ()))]


def _extent(spans: Sequence[SpanRow]) -> int:
    return max(span.end for span in spans) - min(span.start for span in spans)


def _ms(nanoseconds: int) -> float:
    return nanoseconds / 1e6


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    )
