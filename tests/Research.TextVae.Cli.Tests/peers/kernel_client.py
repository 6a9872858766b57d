"""Drives a kernel with Jupyter's own client; prints what came back as one JSON object."""
import json
import re
import signal
import sys
import zmq
from jupyter_client import KernelManager
from jupyter_client.session import Session

TIMEOUT = 60
ended = set()

# What Jupyter's documentation of its messages asks of their content, and its suite of tests for kernels checks.
CONTENTS = {
    "status": {"execution_state": str},
    "execute_input": {"code": str, "execution_count": int},
    "stream": {"name": str, "text": str},
    "display_data": {"data": dict, "metadata": dict, "transient": dict},
    "update_display_data": {"data": dict, "metadata": dict, "transient": dict},
    "execute_result": {"data": dict, "metadata": dict, "execution_count": int},
    "error": {"ename": str, "evalue": str, "traceback": list},
    "execute_reply": {"execution_count": int, "payload": list, "user_expressions": dict},
    "inspect_reply": {"found": bool, "data": dict, "metadata": dict},
    "complete_reply": {"matches": list, "cursor_start": int, "cursor_end": int, "metadata": dict},
    "history_reply": {"history": list},
    "is_complete_reply": {"status": str},
    "comm_info_reply": {"comms": dict},
    "kernel_info_reply": {
        "protocol_version": str, "implementation": str, "implementation_version": str, "language_info": dict, "banner": str,
        "help_links": list},
    "interrupt_reply": {},
    "shutdown_reply": {"restart": bool},
}


def checked(message):
    """The message, when it has the form that its type asks for."""
    kind, content = message["msg_type"], message["content"]
    assert {"msg_id", "username", "session", "date", "msg_type", "version"} <= message["header"].keys(), message
    asked = dict(CONTENTS[kind])
    if kind.endswith("_reply") and kind != "is_complete_reply":
        assert content["status"] in ("ok", "error", "aborted"), message
        if content["status"] != "ok":
            asked = CONTENTS["error"] if content["status"] == "error" else {}
    for key, type_ in asked.items():
        assert isinstance(content[key], type_), message
    for mime in content.get("data", {}):
        assert re.fullmatch(r"[\w.+-]+/[\w.+-]+", mime), message
    return message


deserialize = Session.deserialize
Session.deserialize = lambda *arguments, **options: checked(deserialize(*arguments, **options))


def run(client, code, allow_stdin=False, **options):
    """The outputs of a cell, which are read after its reply, and the reply. All come between busy and idle."""
    message = client.execute(code, allow_stdin=allow_stdin, **options)
    reply = shell_reply(client, message)
    outputs, states = [], []
    while "idle" not in states:
        seen = client.get_iopub_msg(timeout=TIMEOUT)
        content, kind = seen["content"], seen["msg_type"]
        if seen["parent_header"].get("msg_id") != message:
            assert seen["parent_header"].get("msg_id") not in ended, "after idle: %s" % seen
            continue
        if kind == "status":
            states.append(content["execution_state"])
            continue
        assert states == ["busy"], seen
        if kind == "stream":
            outputs.append([content["name"], content["text"]])
        elif kind in ("display_data", "update_display_data"):
            outputs.append([kind, content["data"], content["transient"]["display_id"]])
        elif kind == "execute_result":
            outputs.append([kind, content["data"]])
        elif kind == "error":
            outputs.append([kind, content["ename"], content["traceback"]])
        else:
            assert kind == "execute_input" and content["code"] == code, seen
    ended.add(message)
    return {"message": message, "outputs": outputs, "reply": reply["content"]}


def interrupted(client, code, how):
    """Runs a cell that does not end, and stops it once it has said that it began."""
    message = client.execute("Console.Write(\"begun\");\n" + code)
    while True:
        seen = client.get_iopub_msg(timeout=TIMEOUT)
        if seen["msg_type"] == "stream" and seen["parent_header"].get("msg_id") == message:
            break
    how()
    return shell_reply(client, message)["content"]


def shell(manager):
    """A shell channel beside the client's."""
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.linger = 0
    socket.connect("tcp://127.0.0.1:%d" % manager.shell_port)
    return socket


def replies(manager, messages):
    """How many replies messages, each a list of frames, get until a question behind them is answered."""
    socket = shell(manager)
    for frames in messages:
        socket.send_multipart(frames)
    question = Session(key=manager.session.key).send(socket, "kernel_info_request", {})["msg_id"]
    count = 0
    while question not in parent_of(socket):
        count += 1
    socket.close()
    return count


def parent_of(socket):
    assert socket.poll(TIMEOUT * 1000)
    return socket.recv_multipart()[3].decode()


def request(key):
    """A request to run code that is signed with the key."""
    session = Session(key=key)
    return session.serialize(session.msg("execute_request", {"code": "var forged = 1;", "silent": False}))


def odd(session):
    """Signed messages with half of a surrogate pair or a key twice."""
    header = b'{"msg_id": "%d", "msg_type": "kernel_info_request", "session": "s", "username": "%s", "version": "5.3"%s}'
    for i, (name, more) in enumerate([(b"\\ud800", b""), (b"u", b', "msg_id": "2"')]):
        parts = [header % (i, name, more), b"{}", b"{}", b"{}"]
        yield [b"<IDS|MSG>", session.sign(parts)] + parts


def huge(manager):
    """Sends more than 64 MB in a frame. The connection breaks; once it is there again a question is answered."""
    socket = shell(manager)
    socket.send_multipart([b"<IDS|MSG>", b"0" * 64, bytes(65 << 20)])
    for _ in range(20 * TIMEOUT):
        Session(key=manager.session.key).send(socket, "kernel_info_request", {})
        if socket.poll(50):
            socket.close()
            return True
    return False


def slow_reader(manager, client):
    """Another front end, which reads nothing yet, and whose buffers hold next to nothing."""
    socket = zmq.Context.instance().socket(zmq.SUB)
    socket.linger, socket.rcvhwm, socket.rcvbuf = 0, 1, 1 << 14
    socket.subscribe(b"")
    socket.connect("tcp://127.0.0.1:%d" % manager.iopub_port)
    while not socket.poll(20):
        client.kernel_info(reply=True, timeout=TIMEOUT)
    return socket


def read(socket, topic, count):
    """So many messages of a topic, or those that come."""
    found = []
    while len(found) < count and socket.poll(3000):
        found += [frames for frames in [socket.recv_multipart()] if frames[0] == topic]
    return found


def told_late(client, code=None):
    """What a cell says on standard error after its end; it may need another cell to say it."""
    message = client.execute(code, store_history=False) if code else None
    while True:
        seen = client.get_iopub_msg(timeout=TIMEOUT)
        if seen["msg_type"] == "stream" and seen["content"]["name"] == "stderr":
            break
    if message:
        shell_reply(client, message)
    return [seen["parent_header"]["msg_id"], seen["content"]["text"]]


def history(client, **options):
    return client.history(reply=True, timeout=TIMEOUT, **options)["content"]["history"]


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


# So does a server that runs in the background, and its kernels would inherit it.
signal.signal(signal.SIGINT, signal.SIG_IGN)
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
    result["history"] = history(client, hist_access_type="tail", n=1)
    thrown = [
        "var t = new Thread(() => int.Parse(\"x\")); t.Start(); t.Join();",
        "var done = new ManualResetEventSlim();\n"
        "ThreadPool.QueueUserWorkItem(_ => { try { int.Parse(\"x\"); } finally { done.Set(); } }); done.Wait();",
        "t = new Thread(() => int.Parse(\"x\")); t.UnsafeStart(); t.Join();"]
    result["threads"] = [run(client, "using System.Threading;\n" + code, store_history=False)["reply"].get("ename") for code in thrown]
    waits = "var go = new ManualResetEventSlim(); new Thread(() => { go.Wait(); int.Parse(\"x\"); }).Start();"
    begun = run(client, waits, store_history=False)["message"]
    cell, text = told_late(client, "go.Set();")
    result["late_thread"] = [cell == begun, text]
    waits = "while (KernelInvocationContext.Current is not null) Thread.Sleep(1);"
    run(client, "new Thread(() => { %s int.Parse(\"x\"); }).UnsafeStart();" % waits, store_history=False)
    result["later_thread"] = told_late(client)[1]
    result["unstored"] = run(client, "n", store_history=False)
    expressions = {"next": "n + 1", "wrong": "nothing", "html": "HTML(\"<b>x</b>\")"}
    result["expressions"] = run(client, "", user_expressions=expressions, store_history=False)["reply"]["user_expressions"]
    lines = run(client, "for (int i = 0; i < 200000; i++) Console.WriteLine(\"line \" + i);")["outputs"]
    result["lines"] = "".join(text for _, text in lines).splitlines() == ["line %d" % i for i in range(200000)]
    result["pieces"] = len(lines)
    reader = slow_reader(manager, client)
    values = run(client, "var wide = new string('x', 20000); for (int i = 0; i < 1500; i++) display(i + wide);")["outputs"]
    result["values"] = [len(values), len(read(reader, b"display_data", 1500))]
    run(client, "#r \"%s\"" % sys.argv[2], store_history=False)
    show = "Research.TextVae.Support.HostDisplay.Show(\"<b>1</b>\") is null"
    watched = [run(client, show, asked, store_history=False)["outputs"] for asked in (False, True)]
    result["watched"] = [[kind for kind, *_ in outputs] for outputs in watched]
    result["comms"] = client.comm_info(reply=True, timeout=TIMEOUT)["content"]
    blocked = "KernelInvocationContext.Current.CancellationToken.WaitHandle.WaitOne()"
    endless = [
        "while (true) { }", "await Task.Delay(-1);",
        "for (int i = 0; i < 100; i++) { _ = Task.Run(() => %s); }\nwhile (true) { }" % blocked]
    result["signal_interrupt"] = [interrupted(client, code, manager.interrupt_kernel) for code in endless]
    request_interrupt = lambda: client.session.send(client.control_channel.socket, "interrupt_request", {})
    result["message_interrupt"] = interrupted(client, "while (true) { }", request_interrupt)
    key = manager.session.key
    result["forged"] = replies(manager, [request(b"another key")])
    result["replayed"] = replies(manager, [request(key)] * 2)  # the second is somebody's recording of the first
    result["odd"] = replies(manager, odd(Session(key=key)))
    result["huge"] = huge(manager)
    queued = [client.execute("throw new Exception();"), client.execute("var reached = 1;")]
    result["queued"] = [shell_reply(client, message)["content"]["status"] for message in queued]
    result["alive"] = run(client, "n")
    codes = ["6 * 7", "1 + 1", "6 * 7"]
    for code in codes:
        run(client, code)
    (_, first, _), *_ = tail = history(client, hist_access_type="tail", n=3)
    result["histories"] = [
        tail, history(client, hist_access_type="range", session=0, start=first, stop=first + 1, output=True),
        history(client, hist_access_type="search", pattern="6*", n=1),
        history(client, hist_access_type="search", pattern="? ? ?", unique=True)]
    process = manager.provisioner.process
    manager.restart_kernel(now=False)
    result["exit_code"] = process.poll()
    client.wait_for_ready(timeout=TIMEOUT)
    result["restarted"] = run(client, "n")
    # What a cell has printed arrives, even when it ends the process.
    message = client.execute("Console.Write(1); Console.Write(2); Environment.Exit(3);")
    text = ""
    while text != "12":
        seen = client.get_iopub_msg(timeout=TIMEOUT)
        text += seen["content"]["text"] if seen["msg_type"] == "stream" else ""
    result["own_exit_code"] = manager.provisioner.process.wait(TIMEOUT)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
print(json.dumps(result))
