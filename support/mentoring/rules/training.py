"""The short training: one question a page, one right answer, and what to say when it was wrong.

Facts: guard rules G1 to G14 of this house, and the sources named in docs/mentoring.md.
"""

from dataclasses import dataclass

CODE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Question:
    """A situation, three ways to act, which one is right, and why."""

    id: str
    asks: str
    answers: tuple[str, str, str]
    right: int
    because: str


QUESTIONS = (
    Question(
        "doses",
        "Somebody asks you: “How much should I cut next?” What do you do?",
        (
            "I tell them what worked for me, with numbers.",
            "I say that their prescriber decides, and ask how they are.",
            "I send them a table of doses.",
        ),
        1,
        "We never tell another person what to take. What one takes oneself may be said.",
    ),
    Question(
        "stopped",
        "Somebody writes: “I ran out two days ago and my hand keeps jerking.” What is this?",
        (
            "A medical warning: they need medical help today.",
            "A hard day that will pass by itself.",
            "A reason to leave the group.",
        ),
        0,
        "Stopping all at once can cause fits. Numbers first, and a responder is called.",
    ),
    Question(
        "danger",
        "Somebody says they may kill themselves tonight. What comes first?",
        (
            "I promise to keep it between us.",
            "I look for where they live.",
            "The emergency number and the help card, and I call a responder.",
        ),
        2,
        "We promise no rescue and no secret. The emergency number comes first, always.",
    ),
    Question(
        "contact",
        "A mentee wants your phone number, to talk outside. What do you do?",
        (
            "I say kindly that we talk here only.",
            "I give it, just this once.",
            "I ask for theirs instead.",
        ),
        0,
        "Contact stays here. It keeps both of you safe.",
    ),
    Question(
        "alone",
        "You are too tired to host tonight. What do you do?",
        (
            "I host anyway, nobody else will.",
            "I do not turn up.",
            "I hand the shift on. Nobody asks why.",
        ),
        2,
        "You may pause at any time, without a reason.",
    ),
    Question(
        "fit",
        "Somebody has a fit and a friend asks what to do until help comes.",
        (
            "Hold them down and put something in the mouth.",
            "Stay, time it, clear the space, on the side, nothing in the mouth.",
            "Give them water at once.",
        ),
        1,
        "Nothing in the mouth, do not hold down, nothing to drink until awake. Call for help.",
    ),
)


def wrong_answers(given: dict[str, int]) -> dict[str, str]:
    """By question, why an answer was not the right one; nothing where all were right."""
    return {
        question.id: question.because
        for question in QUESTIONS
        if given.get(question.id) != question.right
    }
