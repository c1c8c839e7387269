"""JustClick's webhooks in Flask, as the README has them."""

import json
import os
from pathlib import Path
from typing import Any

program = Path(os.environ["PROGRAM"]).read_text(encoding="utf-8")
made: dict[str, Any] = {"__name__": "readme"}
exec(compile(program, "README.md", "exec"), made)  # noqa: S102 - that is what is tried out


def keep(event: Any) -> None:
    """Puts an event on disk."""
    with open(os.environ["KEPT"], "a", encoding="utf-8") as kept:
        kept.write(f"{json.dumps(event)}\n")


if __name__ == "__main__":
    app = made["app"]
    app.config.update(KEEP=keep, HOOK_SECRET=os.environ["HOOK_SECRET"])
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
