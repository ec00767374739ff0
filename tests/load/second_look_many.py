"""Two real processes with their second looks: each message looked at once, also after a kill.

    python -m tests.load.second_look_many [--queue postgres] [--messages 40]

People talk by both processes; `/metrics` must count each message once, in the process that stored
it. Then a process is killed right after it took in a farewell, and somebody must be called by the
one that comes in its place. Prints JSON, exit status 1 if anything was lost or looked at twice.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.many import QUEUES, Many, eventually, many
from tests.wire import Wire

FAREWELL = "everything is arranged, the letters are posted, after tonight i stop"
SETTLES = 3.0


def counted(site: Many, word: str) -> dict[str, int]:
    """How often this was counted, by process."""
    text = site.visitor().get("/metrics", "text/plain").text
    lines = [line for line in text.splitlines() if f'was="{word}"' in line and "_total" in line]
    return {
        line.split('process="')[1].split('"')[0]: int(float(line.split()[-1])) for line in lines
    }


def says(line: Wire, site: Many, body: str, name: str) -> None:
    """It must be stored."""
    answer = line.ask("message:send", room=site.lounge, body=body, client_id=name)
    assert answer["ok"], answer


def talk(site: Many, messages: int) -> dict[str, int]:
    """One in four by the first process, the others by the second; what each has looked at."""
    lines = list(site.by_each(site.member("mina")).values())
    for number in range(messages):
        says(lines[number % 4 > 0], site, f"the kettle is on, {number}", f"t{number}")
    eventually(lambda: sum(counted(site, "judged").values()) >= messages, "all are looked at")
    time.sleep(SETTLES)  # whoever would look a second time has had the time for it
    return counted(site, "judged")


def killed(site: Many) -> float:
    """Seconds from the kill of who took in a farewell until somebody is called."""
    mina, mo = site.member("mina"), site.member("mo")
    line = mina.socket()
    pid = site.holder_of(line)
    says(line, site, FAREWELL, "k1")
    site.kill_one(pid)
    began = time.monotonic()
    eventually(lambda: pid not in site.children(), "it is gone")
    site.all_serve()
    eventually(lambda: len(mo.get("/crisis/cases").json["cases"]) == 1, "somebody is called")
    return time.monotonic() - began


def main() -> int:
    """Run it; 0 if each message was looked at exactly once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queue", choices=QUEUES, default="postgres")
    parser.add_argument("--messages", type=int, default=40)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="handrail-looks-") as folder,
        many(Path(folder), asked.queue, tier2="on", rates="off") as site,
    ):
        judged = talk(site, asked.messages)
        seconds = killed(site)
        restarted = counted(site, "after_restart")
    wanted = [asked.messages // 4, asked.messages - asked.messages // 4]
    found = {
        "judged": judged,
        "wanted": wanted,
        "called_after_kill_s": round(seconds, 1),
        "after_restart": restarted,
    }
    print(json.dumps(found))
    return 0 if sorted(judged.values()) == wanted else 1


if __name__ == "__main__":
    sys.exit(main())
