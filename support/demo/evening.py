"""A scripted evening: demo people talk over real sockets, and a newcomer sees the house live."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import gevent

from support.accounts import queries as people
from support.base.ids import new_id
from support.base.zones import to_local
from support.db.unit import Database
from support.demo.filling import demo_world
from support.demo.line import Line, Trouble
from support.groups import actions, queries
from support.groups.forms import SHAPE, SeriesForm

GROUP = "night-owls"
CAST = ("paul", "wren", "mina", "moss", "fern", "ivy", "juno", "mo")
ZONE = "Europe/Lisbon"
Say = Callable[[str], None]

SCRIPT = "5 Welcome\n20 One small thing | One thing that helped, however small.\n5 Good night"


class Evening:
    """Who is on the line, where they meet, and what has been heard."""

    def __init__(self, database: Database, site: str, say: Say, pace: float) -> None:
        self._database = database
        self._site = site
        self._say = say
        self._pace = pace
        self._lines: dict[str, Line] = {}
        self._cases: list[str] = []
        self._notices: list[str] = []

    def play(self) -> None:
        """The whole of it, about a minute at the usual pace."""
        lounge, meeting_room = self._prepare()
        try:
            self._arrive()
            self._greet(lounge)
            self._doses(lounge)
            self._seller(lounge)
            self._report(lounge)
            self._meeting(meeting_room)
            self._danger(lounge)
            self._desk()
        finally:
            for line in self._lines.values():
                line.close()

    def _prepare(self) -> tuple[str, str]:
        """A meeting of tonight's own, beginning now."""
        with self._database.unit() as unit:
            if people.by_handle(unit, CAST[0]) is None:
                raise Trouble("the demo world is not there: run `handrail demo` first")
            group = queries.group_by_slug(unit, GROUP)
            start = to_local(unit.now + timedelta(minutes=1), ZONE)
            plan = {"title": "A demo evening", "start": start.strftime(SHAPE), "timezone": ZONE,
                    "minutes": 30, "seats": 12}  # fmt: skip
            (meeting_id,) = actions.plan(unit, group.id, SeriesForm.parse(plan))
            room = queries.meeting_by_id(unit, meeting_id).room_id
        if group.lounge_id is None or room is None:
            raise Trouble("the group has no rooms")
        return group.lounge_id, room

    def _arrive(self) -> None:
        self._say("People arrive.")
        passphrases = {each.handle: each.password for each in demo_world().people}
        for handle in CAST:
            line = Line(self._site, handle, self._hear)
            line.log_in(passphrases[handle])
            line.connect()
            self._lines[handle] = line
        self._lines["mo"].ask("queue:watch")
        self._say(f"  {', '.join(CAST)} are here; mo watches the queue.")

    def _greet(self, room: str) -> None:
        self._say("In the lounge of Night owls:")
        for handle in ("paul", "mina", "moss", "fern"):
            self._lines[handle].ask("room:join", room=room)
        self._speak("paul", room, "Good evening. You can just read tonight.")
        self._speak("mina", room, "Hello. Bad night, but I am here.")
        self._speak("fern", room, "Same. Light hurts today. Glad of the dark theme.")

    def _doses(self, room: str) -> None:
        self._say("Saying what one takes oneself is welcome; telling another what to take is held:")
        self._speak("mina", room, "I am down to 5 mg, shaky, and a bit proud.")
        self._speak("moss", room, "You should drop to 2 mg tomorrow, that is what worked for me.")

    def _seller(self, room: str) -> None:
        self._say("Somebody offers pills; nobody else ever sees it:")
        self._lines["juno"].ask("room:join", room=room)
        self._speak("juno", room, "I have 60 xanax left, cheap, dm me")

    def _report(self, room: str) -> None:
        self._say("Words that hurt are reported in two taps:")
        said = self._speak("juno", room, "Honestly it is all in your head, people.")
        answer = self._lines["fern"].ask("message:report", message=said, reason="harassment")
        self._say("  fern reports it. " + ("A moderator will look." if answer.get("ok") else "…"))

    def _meeting(self, room: str) -> None:
        self._say("The meeting “A demo evening”:")
        for handle in ("paul", "mina", "fern", "wren"):
            self._lines[handle].ask("room:join", room=room)
        self._lines["paul"].post(f"/rooms/{room}/script", steps=SCRIPT)
        for state in ("lobby", "open"):
            self._move(room, state)
        self._speak("paul", room, "Welcome. Tonight: one small thing that helped.")
        self._give_floor(room, "mina")
        self._speak("wren", room, "A warm bath before the evening. It passed an hour.")
        self._speak("mina", room, "Walking to the corner and back, twice.")
        for state in ("closing", "closed"):
            self._move(room, state)

    def _give_floor(self, room: str, handle: str) -> None:
        hand = self._lines[handle].ask("turn:set", room=room, do="raise")
        for person in hand.get("turn", {}).get("queue", [])[:1]:
            given = self._lines["paul"].ask("turn:set", room=room, do="give", person=person)
            self._say(f"  {handle} has the floor." if given.get("ok") else "  nobody speaks.")

    def _danger(self, room: str) -> None:
        self._say("Somebody may be in danger; they get help at once, and a person is called:")
        ivy, mo = self._lines["ivy"], self._lines["mo"]
        ivy.ask("room:join", room=room)
        self._speak("ivy", room, "I ran out three days ago and stopped all at once. Hand jerking.")
        ivy.listen(self._pace / 2)
        mo.listen(self._pace / 2)
        case = self._case(mo)
        if case is None:
            raise Trouble("no case was opened")
        answer = mo.ask("case:ack", case=case)
        self._tell()
        self._say("  mo takes the case." if answer.get("ok") else "  somebody else has the case.")
        ivy.listen(self._pace / 2)
        self._tell()

    def _case(self, mo: Line) -> str | None:
        if self._cases:
            return self._cases[-1]
        cases = mo.get("/crisis/cases").get("cases", [])
        return cases[0]["id"] if cases else None

    def _desk(self) -> None:
        self._say("At the desk mo decides about one item:")
        mo = self._lines["mo"]
        items = mo.get("/moderation").get("items", [])
        held = [each for each in items if "dosing_advice" in each.get("labels", [])]
        if not held:
            self._say("  nothing about doses waits.")
            return
        path = f"/moderation/items/{held[-1]['id']}"
        mo.post(f"{path}/claim")
        reason = "Doses are for doctors. You are welcome to say how it felt for you."
        mo.post(f"{path}/decide", decision="keep", rule="no_dosing", reason=reason)
        self._say("  the advice stays held; moss is told why, kindly.")
        self._lines["moss"].listen(self._pace / 4)
        self._tell()

    def _speak(self, handle: str, room: str, words: str) -> str:
        self._rest(self._pace)
        sent = self._lines[handle].ask(
            "message:send", room=room, body=words, client_id=f"demo-{new_id()}"
        )
        if not sent.get("ok"):
            reason = sent.get("error", {}).get("message", "no answer")
            self._say(f"  {handle} could not send: {reason}")
            return ""
        held = sent["message"]["state"] == "held"
        self._say(f"  {handle}: {words}" + ("   [held]" if held else ""))
        self._tell()
        return str(sent["message"]["id"])

    def _rest(self, seconds: float) -> None:
        """A pause in which every line answers the server's heartbeat, else it would be cut."""
        gevent.sleep(seconds)
        for line in self._lines.values():
            line.listen(0)

    def _move(self, room: str, state: str) -> None:
        self._rest(self._pace / 2)
        answer: dict[str, Any] = self._lines["paul"].ask("meeting:move", room=room, to=state)
        who = "paul: the meeting" if answer.get("ok") else "of itself the meeting"
        self._say(f"  {who} is in state {state}.")

    def _hear(self, handle: str, event: str, data: dict[str, Any]) -> None:
        if event == "case:changed" and handle == "mo":
            if data["case"] not in self._cases:
                self._cases.append(data["case"])
                self._say(f"  mo is called: a case, {data.get('severity', '')}.")
        elif event == "case:changed" and data.get("reading_by"):
            self._say(f"    {handle} sees: {data['reading_by']} is reading this.")
        elif event == "notice":
            self._notices.append(f"    only {handle} sees: {data.get('text', '')}")

    def _tell(self) -> None:
        """What came for one person alone, after the words it is about."""
        for notice in self._notices:
            self._say(notice)
        self._notices.clear()
