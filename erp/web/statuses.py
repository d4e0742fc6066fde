"""How a status looks: a tone and an icon for each word of the glossary. The word itself is always shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    tone: str
    icon: str


LOOKS = {
    "quiet": Look("quiet", "circle"),
    "info": Look("info", "play-circle"),
    "good": Look("good", "check-circle"),
    "warn": Look("warn", "exclamation-triangle"),
    "bad": Look("bad", "exclamation-octagon"),
    "stopped": Look("quiet", "x-circle"),
    "done": Look("quiet", "check-lg"),
}
WORDS = {
    "good": "covered in_stock accepted available linked active yes on_time",
    "info": "released started confirmed ordered sent in_work in_production received fixed",
    "warn": "waiting on_hold hold partly forecast tight quality preliminary unconfirmed",
    "bad": "short late orphan orphaned uncovered rejected failed overdue blocked error",
    "stopped": "cancelled stopped refused withdrawn declined",
    "done": "closed delivered finished done completed",
}
LOOK_OF = {word: LOOKS[look] for look, words in WORDS.items() for word in words.split()}


def look_of(value):
    """The look of a status value or word; an unknown one is quiet."""
    return LOOK_OF.get(str(value).lower().replace(" ", "_"), LOOKS["quiet"])
