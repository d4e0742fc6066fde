"""EDIFACT files as customers' systems write them, and wrong ones."""

BUYER, GATE, OURS = "7312345000014", "7312345000021", "7350000000016"


def order(number, *, lines=(), more=(), buyer=BUYER, kind="ORDERS", function="9"):
    """The segments of one order; without ``lines`` it is for five pieces of BIKE."""
    head = [f"BGM+220+{number}+{function}", "DTM+137:20261102:102", f"NAD+BY+{buyer}::9"]
    body = list(lines) or ["LIN+1", "PIA+5+BIKE:SA", "QTY+21:5:PCE", "DTM+2:20261218:102"]
    return kind, [*head, *more, *body, "UNS+S"]


def interchange(*messages, syntax="UNOC", encoding="latin-1", join="", una="", test=""):
    """The file of some messages, as bytes."""
    segments = [f"UNB+{syntax}:3+{BUYER}:14+{OURS}:14+261102:1200+R1{test}"]
    for place, (kind, inside) in enumerate(messages, start=1):
        segments += [f"UNH+{place}+{kind}:D:96A:UN:EAN008", *inside]
        if not any(segment.startswith("CNT") for segment in inside):
            segments.append(f"CNT+2:{sum(segment.startswith('LIN') for segment in inside)}")
        count = len(inside) + (0 if any(segment.startswith("CNT") for segment in inside) else 1)
        segments.append(f"UNT+{count + 2}+{place}")
    segments.append(f"UNZ+{len(messages)}+R1")
    return (una + join.join(f"{segment}'" for segment in segments)).encode(encoding)
