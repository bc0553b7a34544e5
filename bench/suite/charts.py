"""Charts as inline SVG: colours come from classes (page.css), texts are selectable, marks have tooltips.

All are drawn for a width of 360 units, which is what a phone shows at about 1:1; the page puts them
side by side where there is room.
"""
import html
import math

WIDTH = 360


def escape(text):
    return html.escape(str(text), quote=True)


def number(value):
    """Three digits and a suffix: 1.25 M."""
    if value == 0:
        return "0"
    for factor, suffix in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= factor * 0.9995:
            return f"{value / factor:.3g}{suffix}"
    return f"{value:.3g}"


def size(value):
    return number(value) + "B" if value >= 1000 else f"{value:.0f} B"


def duration_us(value):
    if value >= 0.9995e6:
        return f"{value / 1e6:.3g} s"
    return f"{value / 1e3:.3g} ms" if value >= 999.5 else f"{value:.3g} µs"


def seconds(value):
    return duration_us(value * 1e6)


def text(x, y, what, anchor="start", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{escape(what)}</text>'


def svg(height, label, parts):
    return (f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">' + "".join(parts) + "</svg>")


class Axis:
    """Maps values to coordinates; ticks at powers of ten, or at round numbers."""

    def __init__(self, values, start, end, log=False, zero=False):
        low, high = min(values), max(values)
        self.start, self.end, self.log = start, end, log
        if log:
            low = min(v for v in values if v > 0)
            self.low, self.high = math.log10(low), math.log10(high)
            if self.high - self.low < 0.3:
                self.low, self.high = self.low - 0.15, self.high + 0.15
        else:
            self.low, self.high = (0 if zero else low), high
            if self.high == self.low:
                self.high = self.low + (abs(self.low) or 1)

    def at(self, value):
        value = max(self.low, math.log10(value) if value > 0 else self.low) if self.log else value
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self):
        if not self.log:
            step = 10 ** math.floor(math.log10((self.high - self.low) / 3))
            step *= next(f for f in (1, 2, 5, 10) if (self.high - self.low) / (step * f) <= 6)
            return [i * step for i in range(math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9) + 1)]
        decades = range(math.floor(self.low), math.ceil(self.high) + 1)
        steps = (1,) if self.high - self.low > 1.7 else (1, 3) if self.high - self.low > 0.8 else (1, 2, 5)
        found = [s * 10.0 ** d for d in decades for s in steps]
        return [v for v in found if self.low - 0.01 <= math.log10(v) <= self.high + 0.01]


def ranges(rows, label, form=duration_us):
    """A row each: whisker from min to p99, box of the middle half, dot at the median, on one log scale.
    rows: (name, distribution of figures.py)."""
    left, right, step, top = 88, WIDTH - 52, 17, 16
    axis = Axis([v for _, d in rows for v in (d["quantiles"][1], d["p99"])], left, right, log=True)
    bottom = top + step * len(rows)
    parts = []
    for tick in axis.ticks():
        x = axis.at(tick)
        parts += [f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top - 2}" y2="{bottom}"/>',
                  text(x, top - 6, form(tick), "middle", ' class="dim"')]
    for i, (name, d) in enumerate(rows):
        y, q = top + step * i + step / 2, d["quantiles"]
        tip = f"{name}: p5 {form(q[1])}, p25 {form(q[5])}, median {form(d['p50'])}, p75 {form(q[15])}, p99 {form(d['p99'])}, max {form(d['max'])}"
        parts += ["<g>", f"<title>{escape(tip)}</title>", text(left - 6, y + 4, name, "end"),
                  f'<line class="whisker" x1="{axis.at(q[1]):.1f}" x2="{axis.at(d["p99"]):.1f}" y1="{y}" y2="{y}"/>',
                  f'<rect class="box" x="{axis.at(q[5]):.1f}" width="{max(1, axis.at(q[15]) - axis.at(q[5])):.1f}" y="{y - 4}" height="8" rx="2"/>',
                  f'<circle class="dot" cx="{axis.at(d["p50"]):.1f}" cy="{y}" r="4"/>',
                  text(WIDTH, y + 4, form(d["p50"]), "end"), "</g>"]
    return svg(bottom + 4, label, parts)


def lines(series, label, form_x=number, form_y=number, log=False, height=220, zero=True, log_y=None):
    """series: (name, points); the first is colour 1, and so on. `log`: both axes."""
    left, right, top, bottom = 50, WIDTH - 10, 12, height - 24
    log_y = log if log_y is None else log_y
    xs = Axis([x for _, points in series for x, _ in points], left, right, log=log)
    ys = Axis([y for _, points in series for _, y in points], bottom, top, log=log_y, zero=zero)
    parts = []
    for tick in ys.ticks():
        y = ys.at(tick)
        parts += [f'<line class="grid" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>',
                  text(left - 5, y + 4, form_y(tick), "end", ' class="dim"')]
    for tick in xs.ticks():
        anchor = "end" if xs.at(tick) > right - 12 else "middle"
        parts.append(text(xs.at(tick), height - 7, form_x(tick), anchor, ' class="dim"'))
    for i, (name, points) in enumerate(series):
        path = " ".join(f"{xs.at(x):.1f},{ys.at(y):.1f}" for x, y in points)
        parts.append(f'<polyline class="line s{i % 9 + 1}" points="{path}"/>')
        marks = points if len(points) <= 12 else points[-1:]
        for x, y in marks:
            parts.append(f'<circle class="mark s{i % 9 + 1}" cx="{xs.at(x):.1f}" cy="{ys.at(y):.1f}" r="3.5">'
                         f"<title>{escape(f'{name}: {form_y(y)} at {form_x(x)}')}</title></circle>")
    return svg(height, label, parts)


def legend(names):
    """names: (name, note)."""
    return '<ul class="legend">' + "".join(
        f'<li><i class="s{i % 9 + 1}"></i>{escape(name)}{f" <b>{escape(note)}</b>" if note else ""}</li>'
        for i, (name, note) in enumerate(names)) + "</ul>"


def stacked(parts, label):
    """One bar of parts: (name, share of the whole)."""
    drawn, at = [], 0.0
    for i, (name, share) in enumerate(parts):
        width = share * WIDTH
        drawn.append(f'<rect class="fill s{i % 9 + 1}" x="{at:.2f}" width="{max(0, width - 1):.2f}" y="0" height="34">'
                     f"<title>{escape(f'{name}: {share:.1%}')}</title></rect>")
        at += width
    return svg(34, label, drawn)


def bars(rows, label, form=number, target=None, top_value=None):
    """rows: (name, value, text on the right); `target`: a line at this value."""
    left, right, step = 100, WIDTH - 96, 22
    most = max([top_value or 0, target or 0, *(value for _, value, _ in rows)])
    height, parts = step * len(rows) + (16 if target else 2), []
    for i, (name, value, note) in enumerate(rows):
        y = step * i + step / 2
        parts += [text(left - 6, y + 4, name, "end"),
                  f'<rect class="box" x="{left}" width="{value / most * (right - left):.1f}" y="{y - 6}" height="12" rx="2"/>',
                  text(WIDTH, y + 4, note, "end")]
    if target:
        x = left + target / most * (right - left)
        parts += [f'<line class="target" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{step * len(rows)}"/>',
                  text(x, height - 3, f"asked for: {form(target)}", "middle", ' class="dim"')]
    return svg(height, label, parts)


def sparkline(points, label):
    """points: (tooltip, value), oldest first."""
    values = [v for _, v in points]
    xs = Axis([0, max(1, len(points) - 1)], 4, 156)
    ys = Axis(values, 32, 6)
    path = " ".join(f"{xs.at(i):.1f},{ys.at(v):.1f}" for i, v in enumerate(values))
    marks = "".join(f'<circle class="mark s1" cx="{xs.at(i):.1f}" cy="{ys.at(v):.1f}" r="{3.5 if i == len(values) - 1 else 2}">'
                    f"<title>{escape(tip)}</title></circle>" for i, (tip, v) in enumerate(points))
    return (f'<svg viewBox="0 0 160 38" role="img" aria-label="{escape(label)}"><polyline class="line s1" points="{path}"/>{marks}</svg>')
