"""Strangers' bytes."""

import socket

SAMPLES = [
    b"\x00" * 4096,
    b"\xff" * 4096,
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"POST /api/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"GET /..%2f..%2fetc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"A" * 100_000,
    b"GET / HTTP/1.1\nHost: localhost\n\n",
]


def poke(port, data):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        link.settimeout(10)
        try:
            link.sendall(data)
            link.shutdown(socket.SHUT_WR)
            answer = b""
            while len(answer) < 100_000 and (part := link.recv(65536)):
                answer += part
            return answer
        except OSError:  # refused, reset or left unanswered: all fair answers to rubbish
            return b""
