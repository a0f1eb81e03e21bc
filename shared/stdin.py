"""A process that ends with the one that started it, however that one ends."""

import os
import signal
import threading


def stop_when_stdin_ends() -> None:
    """Watch stdin, a pipe whose other end the starter holds; at its end tell this one to stop."""

    def watch() -> None:
        # Not sys.stdin, whose lock would be held for ever and end the interpreter badly.
        while os.read(0, 1024):
            pass
        stop()

    threading.Thread(target=watch, name="stdin", daemon=True).start()


def stop() -> None:
    """SIGTERM from any thread of this process; main is where signals are handled."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
