"""How 1,000 people arrive when a server is back: a simulation of the client's own waiting, by node.

`python -m tests.load.client_return [--people 1000]` prints a table and JSON.
"""

import argparse
import json
import subprocess
from pathlib import Path
from typing import Any

from tests.parts import program

ORDER = Path(__file__).parents[2] / "static/js/chat/order.js"
AWAY_SECONDS = (0, 2, 5, 15, 30, 120)
SCRIPT = """
import { readFileSync } from "node:fs";
const { source, people, away } = JSON.parse(readFileSync(0, "utf8"));
const { returning } = await import("data:text/javascript," + encodeURIComponent(source));
let seed = 20261126;
const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
const rows = away.map((seconds) => {
  const arrivals = [];
  const counted = (wait) => { tries += 1; return wait; };
  let tries = 0;
  for (let person = 0; person < people; person += 1) {
    let at = 0;
    for (let turn = 0; at <= seconds * 1000; turn += 1) {
      at += counted(returning(turn, { random }));
    }
    arrivals.push(at / 1000 - seconds);
  }
  arrivals.sort((one, other) => one - other);
  const perSecond = [];
  for (const at of arrivals) perSecond[Math.floor(at)] = (perSecond[Math.floor(at)] ?? 0) + 1;
  const at = (share) => arrivals[Math.min(people - 1, Math.floor(share * people))];
  return { away: seconds, busiest: Math.max(...perSecond.filter(Boolean)), half: at(0.5),
    most: at(0.95), all: arrivals.at(-1), tries: tries / people,
    per_second: [...perSecond].map((count) => count ?? 0) };
});
console.log(JSON.stringify(rows));
"""


def simulate(people: int) -> list[dict[str, Any]]:
    """One row a length of absence."""
    node = program("node", "node", "nodejs")
    given = {"source": ORDER.read_text(), "people": people, "away": AWAY_SECONDS}
    done = subprocess.run(
        [node, "--input-type=module", "--eval", SCRIPT],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print the table and the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000)
    rows = simulate(parser.parse_args().people)
    print("away s  busiest second  half back s  95 % back s  all back s  tries each")
    for row in rows:
        print(
            f"{row['away']:>6}  {row['busiest']:>14}  {row['half']:>11.1f}  {row['most']:>11.1f}"
            f"  {row['all']:>10.1f}  {row['tries']:>10.1f}"
        )
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
