"""``sxsim app``: the teaching page in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from sxsim.cli.guard import guarded

__all__ = ["app", "command_line"]

LARGEST_UPLOAD_MB = 1


@guarded
def app(
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; 0.0.0.0 lets others in, and there is no password.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser window.")] = True,
) -> None:
    """Open the teaching page: sliders on a cut, start-up, light against heavy, the technology lock."""
    import importlib.util

    from sxsim.cli.consoles import say
    from sxsim.cli.running import announce_compilation
    from sxsim.errors import Finding, InputError

    if importlib.util.find_spec("streamlit") is None:
        offence = "the teaching page needs streamlit, which is not installed"
        raise InputError(Finding("app", offence, cure="pip install 'sxsim[app]'", allowed="with streamlit"))
    announce_compilation()
    say(f"teaching page on http://{host}:{port} (ctrl-c ends it)")
    raise typer.Exit(_served(command_line(host, port, browser)))


def _served(line: list[str]) -> int:
    """Run the server until it ends or this process is told to; its exit code."""
    import signal
    import subprocess
    import sys

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = subprocess.Popen(line)
    try:
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()


def command_line(host: str, port: int, browser: bool) -> list[str]:
    """Words that start the server: local unless told otherwise, silent about its users, small uploads only."""
    import sys
    from pathlib import Path

    import sxsim

    page = Path(sxsim.__file__).parent / "app" / "page.py"
    settings = {
        "server.address": host,
        "server.port": str(port),
        "server.headless": "false" if browser else "true",
        "server.maxUploadSize": str(LARGEST_UPLOAD_MB),
        "server.fileWatcherType": "none",
        "server.enableXsrfProtection": "true",
        "server.showEmailPrompt": "false",
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.toolbarMode": "minimal",
    }
    return [
        *(sys.executable, "-m", "streamlit", "run", str(page)),
        *(f"--{key}={value}" for key, value in settings.items()),
    ]
