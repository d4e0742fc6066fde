"""One table of medians and ratios, beside the targets."""

from dataclasses import asdict, dataclass

from erp.demo.bench.measuring import PRODUCT

HEADINGS = ("case", "beside", "product", "other", "product / other", "target", "met", "CPU client", "CPU server")


@dataclass(frozen=True, kw_only=True)
class Line:
    """The product of a case beside one of the other sides. Times are seconds."""

    case: str
    beside: str
    product: float
    other: float
    client: float
    server: float | None
    target: float | None

    @property
    def ratio(self):
        return self.product / self.other

    @property
    def met(self):
        return None if self.target is None else self.ratio <= self.target

    def as_dict(self):
        return asdict(self) | {"ratio": self.ratio, "met": self.met}


def lines_of(outcome):
    """A line for each other side of the case, then one for each bound."""
    case, product = outcome.case, outcome.medians[PRODUCT]
    others = {name: median.seconds for name, median in outcome.medians.items() if name != PRODUCT}
    return [
        Line(
            case=f"{case.workload} {case.name}",
            beside=name,
            product=product.seconds,
            other=seconds,
            client=product.client,
            server=product.server,
            target=1 if name in case.bounds else case.targets.get(name),
        )
        for name, seconds in (others | case.bounds).items()
    ]


def table(lines):
    """The lines as a Markdown table."""
    rows = [HEADINGS, *(_cells(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    written = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    written.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(written)


def _cells(line):
    return (
        line.case,
        line.beside,
        in_words(line.product),
        in_words(line.other),
        figure(line.ratio),
        "" if line.target is None else f"≤ {figure(line.target)}",
        {None: "", True: "yes", False: "no"}[line.met],
        in_words(line.client),
        "" if line.server is None else in_words(line.server),
    )


def in_words(seconds):
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1000:.1f} ms" if seconds >= 0.001 else f"{seconds * 1e6:.0f} µs"


def figure(number):
    """Three figures that matter."""
    return f"{number:.3g}"
