"""What a process loads before it is needed, and what it still does when it ends quickly."""

import subprocess
import sys


def run(code: str) -> subprocess.CompletedProcess[str]:
    """A Python process of its own."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)


def test_the_launcher_loads_the_engine_when_there_is_something_to_run():
    """An optimization's own process and a wrong configuration do without."""
    done = run(
        "import leanib.operations.lean_launcher, sys; print('leanib.engine' in sys.modules, 'numpy' in sys.modules)"
    )
    assert done.stdout.split() == ["False", "False"]


def test_a_quick_exit_keeps_status_handlers_and_open_files(tmp_path):
    """A file that only a cycle of objects holds is closed by nobody, but what was written is there."""
    path = tmp_path / "notes.txt"
    done = run(
        "import atexit, sys\n"
        "from leanib import collector\n"
        "class Node: pass\n"
        "with collector.paused(): node = Node()\n"
        "collector.exit_quickly(); collector.exit_quickly()\n"
        "atexit.register(print, 'handler')\n"
        f"node.self, node.file = node, open({str(path)!r}, 'w')\n"
        "node.file.write('written'); print('printed', end=' ')\n"
        "sys.exit(3)\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "printed handler\n", "")
    assert path.read_text() == "written"
