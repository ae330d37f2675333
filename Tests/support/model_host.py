"""A host of model files that misbehaves where it is told to: cuts, lies, redirects, forgets tokens."""

import hashlib
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ModelHost:
    """One repository behind the hub's routes; `files` maps paths to bytes, `faults` paths to what goes wrong.

    Faults, each used up when it happened, unless it begins with `always-`: `cut` ends the connection half-way,
    `stretch` sends more than announced, `lie` announces another length, `wrong` sends other bytes, `503`, `401`.
    """

    def __init__(self, repository="me/tiny", files=None, token=None, elsewhere=None, redirect=None):
        self.repository, self.files, self.token = repository, files or {}, token
        self.elsewhere, self.redirect = elsewhere, redirect
        self.faults, self.requests, self.listing, self.tags = {}, [], None, True
        self.commit = "0123456789abcdef0123456789abcdef01234567"
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                host.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        # Another host name for the same address: a token must not follow there.
        self.other_url = f"http://localhost:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def fault(self, path):
        name = self.faults.get(path, "")
        if not name.startswith("always-"):
            self.faults.pop(path, None)
        return name.removeprefix("always-")

    def answer(self, request):
        path, _, query = urllib.parse.unquote(request.path).partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append((path, headers))
        if self.token and path.startswith(("/api/", f"/{self.repository}/")):
            if headers.get("authorization") != f"Bearer {self.token}":
                return self.send(request, 401, b"who are you?")
        if path == f"/api/models/{self.repository}/revision/main" and query == "blobs=true":
            return self.send(request, 200, json.dumps(self.listing or self.own_listing()).encode())
        prefix = f"/{self.repository}/resolve/{self.commit}/"
        if path.startswith(prefix):
            name = path.removeprefix(prefix)
            if name not in self.files:
                return self.send(request, 404, b"")
            if self.elsewhere or self.redirect:
                digest = hashlib.sha256(self.files[name]).hexdigest()
                return self.send(request, 302, b"", {
                    "Location": self.redirect or f"{self.elsewhere}/cdn/{name}",
                    "X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(self.files[name]))})
            return self.body(request, name, headers)
        if path.startswith("/cdn/"):
            return self.body(request, path.removeprefix("/cdn/"), headers)
        if path == "/named":
            name = next(iter(self.files))
            return self.body(request, name, headers, {"Content-Disposition": f'attachment; filename="{name}"'})
        return self.send(request, 404, b"")

    def own_listing(self):
        def row(name, content):
            blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            row = {"rfilename": name, "size": len(content), "blobId": blob}
            if name.endswith(".safetensors"):
                row["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            return row
        return {"sha": self.commit, "siblings": [row(*item) for item in self.files.items()]}

    def body(self, request, name, headers, more=None):
        content, fault = self.files[name], self.fault(name)
        if fault.isdigit():
            return self.send(request, int(fault), b"")
        tag = f'"{hashlib.md5(content).hexdigest()}"'
        extra = (more or {}) | ({"ETag": tag} if self.tags else {})
        start, status = 0, 200
        if "range" in headers and headers.get("if-range", tag) == tag:
            start, status = int(headers["range"].removeprefix("bytes=").split("-")[0]), 206
            if start >= len(content):
                return self.send(request, 416, b"", extra)
            extra["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        rest = content[start:]
        if fault == "wrong":
            rest = bytes(len(rest))
        if fault == "lie":
            return self.send(request, status, rest, extra, announced=len(rest) + 10)
        if fault == "cut":
            return self.send(request, status, rest[: len(rest) // 2], extra, announced=len(rest), close=True)
        if fault == "stretch":
            return self.send(request, status, rest + bytes(100_000), extra, announced=None)
        return self.send(request, status, rest, extra)

    def send(self, request, status, content, extra=None, announced=-1, close=False):
        request.send_response(status)
        for name, value in (extra or {}).items():
            request.send_header(name, value)
        if announced is not None:
            request.send_header("Content-Length", str(len(content) if announced < 0 else announced))
        request.end_headers()
        try:
            request.wfile.write(content)
        except OSError:
            close = True
        request.close_connection = close or announced is None or announced != -1
