"""Starts the pinned local AWS, completed where it falls short of AWS, and takes its workers with it when it ends.

The root key comes as one line of JSON on stdin: in the environment every function's process could read it
(/proc/<parent>/environ shows what a process was started with).
"""

import json
import os
import signal
import sys
import threading
import time


def end_everything(*_):
    """The workers of Lambda functions live in our process group, and one that is busy does not notice our end."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def end_with(directory, owner):
    """A removed instance directory, or a dead owner (a test run), leaves nobody who could ever stop us."""
    while os.path.isdir(directory) and (owner == 0 or alive(owner)):
        time.sleep(0.5)
    end_everything()


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def main():
    root = json.loads(sys.stdin.readline())
    os.environ["AWS_ACCESS_KEY_ID"] = root["accessKeyId"]
    os.environ["AWS_SECRET_ACCESS_KEY"] = root["secretAccessKey"]
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    lifeline = (os.environ["TMPDIR"], int(root.get("owner", 0)))
    threading.Thread(target=end_with, args=lifeline, daemon=True).start()

    # Only after the environment is complete: the emulator reads it while it is imported.
    import completions

    completions.install()
    from ministack import app

    try:
        app.main()
    finally:
        end_everything()


if __name__ == "__main__":
    main()
