"""Drives a kernel with Jupyter's own client; prints what came back as one JSON object."""
import json
import os
import signal
import sys
import time
import zmq
from jupyter_client import KernelManager
from jupyter_client.session import Session

TIMEOUT = 60


def run(client, code, allow_stdin=False, **options):
    """The outputs of a cell, and its reply."""
    outputs = []

    def collect(message):
        content, kind = message["content"], message["msg_type"]
        if kind == "stream":
            outputs.append([content["name"], content["text"]])
        elif kind in ("display_data", "update_display_data"):
            outputs.append([kind, content["data"], content["transient"]["display_id"]])
        elif kind == "execute_result":
            outputs.append([kind, content["data"]])
        elif kind == "error":
            outputs.append([kind, content["ename"], content["traceback"]])

    reply = client.execute_interactive(code, timeout=TIMEOUT, output_hook=collect, allow_stdin=allow_stdin, **options)
    return {"outputs": outputs, "reply": reply["content"]}


def interrupted(client, code, how):
    """Runs a cell that does not end, and stops it once it has said that it began."""
    message = client.execute("Console.Write(\"begun\");\n" + code)
    while True:
        seen = client.get_iopub_msg(timeout=TIMEOUT)
        if seen["msg_type"] == "stream" and seen["parent_header"].get("msg_id") == message:
            break
    how()
    return shell_reply(client, message)["content"]


def shell(manager, key=None):
    """A socket and a session beside the client's, with the kernel's key or another."""
    info = manager.get_connection_info()
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.connect("tcp://127.0.0.1:%d" % info["shell_port"])
    return socket, Session(key=key or info["key"])


def forged(manager):
    """Sends a request signed with another key, and how many replies it gets."""
    socket, session = shell(manager, b"another key")
    session.send(socket, "execute_request", {"code": "var forged = 1;", "silent": False})
    replies = socket.poll(2000)
    socket.close(0)
    return replies


def replayed(manager):
    """Sends a signed request twice, and how many replies it gets; the second is somebody's recording of the first."""
    socket, session = shell(manager)
    content = {"code": "var twice = 1;", "silent": False}
    frames = session.serialize(session.msg("execute_request", content))
    replies = 0
    for _ in range(2):
        socket.send_multipart(frames)
        if socket.poll(3000):
            socket.recv_multipart()
            replies += 1
    socket.close(0)
    return replies


def odd(manager):
    """Signed messages with half of a surrogate pair or a key twice: how many replies they get, and whether the kernel lives on."""
    socket, session = shell(manager)
    header = b'{"msg_id": "%d", "msg_type": "kernel_info_request", "session": "s", "username": "%s", "version": "5.3"%s}'
    for i, (name, more) in enumerate([(b"\\ud800", b""), (b"u", b', "msg_id": "2"')]):
        parts = [header % (i, name, more), b"{}", b"{}", b"{}"]
        socket.send_multipart([b"<IDS|MSG>", session.sign(parts)] + parts)
    replies = socket.poll(2000)
    socket.close(0)
    return replies


def completion(client, code):
    position = code.index("|")
    return client.complete(code.replace("|", ""), position, reply=True, timeout=TIMEOUT)["content"]


def completeness(client, code):
    return shell_reply(client, client.is_complete(code))["content"]["status"]


def shell_reply(client, message):
    """The reply to one message; others are passed over."""
    while True:
        reply = client.get_shell_msg(timeout=TIMEOUT)
        if reply["parent_header"].get("msg_id") == message:
            return reply


# A suite that runs in the background ignores this signal, and so would the kernel.
signal.signal(signal.SIGINT, signal.SIG_DFL)
manager = KernelManager(kernel_name=sys.argv[1])
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=TIMEOUT)
result = {}
try:
    result["info"] = client.kernel_info(reply=True, timeout=TIMEOUT)["content"]
    result["state"] = [run(client, "var n = 41;"), run(client, "Console.WriteLine(\"out\"); Console.Error.WriteLine(\"err\"); n + 1")]
    result["display"] = run(client, "var shown = display(\"first\"); shown.Update(\"second\"); HTML(\"<b>x</b>\")")
    result["error"] = run(client, "\nint.Parse(\"x\");")
    result["compilation"] = run(client, "  nothing();")
    result["input"] = run(client, "Console.ReadLine()")
    result["completion"] = completion(client, "var s = \"𝛽\"; n.CompareT|")
    result["inspection"] = client.inspect("n", 1, reply=True, timeout=TIMEOUT)["content"]
    result["is_complete"] = [completeness(client, code) for code in ("n", "if (n > 0) {", "int 3 = n;")]
    history = client.history(hist_access_type="tail", n=1, raw=True, output=False, reply=True, timeout=TIMEOUT)
    result["history"] = history["content"]["history"]
    result["thread"] = run(client, "var t = new System.Threading.Thread(() => int.Parse(\"x\")); t.Start(); t.Join();")
    result["unstored"] = run(client, "n", store_history=False)
    expressions = {"next": "n + 1", "wrong": "nothing", "html": "HTML(\"<b>x</b>\")"}
    result["expressions"] = run(client, "", user_expressions=expressions, store_history=False)["reply"]["user_expressions"]
    run(client, "#r \"%s\"" % sys.argv[2], store_history=False)
    show = "Research.TextVae.Support.HostDisplay.Show(\"<b>1</b>\") is null"
    watched = [run(client, show, asked, store_history=False)["outputs"] for asked in (False, True)]
    result["watched"] = [[kind for kind, *_ in outputs] for outputs in watched]
    lines = run(client, "for (int i = 0; i < 20000; i++) Console.WriteLine(\"line \" + i);")["outputs"]
    result["lines"] = "".join(text for _, text in lines).splitlines() == ["line %d" % i for i in range(20000)]
    result["comms"] = client.comm_info(reply=True, timeout=TIMEOUT)["content"]
    result["message_interrupt"] = [interrupted(client, "while (true) { }", manager.interrupt_kernel) for _ in range(2)]
    pid = manager.provisioner.process.pid
    result["signal_interrupt"] = interrupted(client, "await Task.Delay(-1);", lambda: os.kill(pid, signal.SIGINT))
    result["forged"] = forged(manager)
    result["replayed"] = replayed(manager)
    result["odd"] = odd(manager)
    queued = [client.execute("throw new Exception();"), client.execute("var reached = 1;")]
    result["queued"] = [shell_reply(client, message)["content"]["status"] for message in queued]
    result["alive"] = run(client, "n")
    manager.restart_kernel(now=False)
    client.wait_for_ready(timeout=TIMEOUT)
    result["restarted"] = run(client, "n")
finally:
    process = manager.provisioner.process
    client.stop_channels()
    manager.shutdown_kernel(now=False)
    result["exit_code"] = process.poll() if process else None
print(json.dumps(result))
