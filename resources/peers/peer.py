"""One peer of the bench: a library that does the same work as the program, in a process of its own.

usage: peer.py LIBRARY THREADS        numpy, torch, jax, mbrl or mppi

One JSON line on stdin is a question, one on stdout its answer: {"ask": "prepare", ...} makes a work ready and warms it up,
{"ask": "costs"} and {"ask": "loss"} tell numbers that are checked, {"ask": "once"} does the work once and tells its
milliseconds, {"ask": "spent"} the processor time so far. What fails is answered with {"error": ...}.
"""

import importlib
import json
import sys
import time
import traceback


def main() -> None:
    library, threads = sys.argv[1], int(sys.argv[2])
    answer = sys.stdout
    sys.stdout = sys.stderr  # what a library prints is no answer

    def say(fields: dict) -> None:
        answer.write(json.dumps(fields) + "\n")
        answer.flush()

    try:
        peer = importlib.import_module(f"with_{library}")
        say({"version": peer.begin(threads)})
    except Exception as error:
        say({"error": f"{type(error).__name__}: {error}"})
        return
    work = None
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if question["ask"] == "prepare":
                work = peer.prepare(question)
                fields = {"form": getattr(work, "form", "")}
            elif question["ask"] == "once":
                began = time.perf_counter()
                work.once(question["time"])
                fields = {"milliseconds": 1e3 * (time.perf_counter() - began)}
            elif question["ask"] == "spent":
                fields = {"milliseconds": 1e3 * time.process_time()}
            else:
                fields = getattr(work, question["ask"])(question)
            say(fields)
        except Exception as error:
            traceback.print_exc()
            say({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
