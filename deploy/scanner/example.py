#!/usr/bin/env python3
"""A scanner for Gatepost, by docs/scanner-protocol.md: python3 example.py PORT. Refuses mail that holds MARKER."""
import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MARKER = b"GATEPOST-EXAMPLE-REFUSE"
ABOUT = {"version": "example/1", "scope": "content"}
BAD = {"verdict": "bad", "words": "EXAMPLE_MARKER", "reply": "550 5.7.1 The example refuses this"}

class Scanner(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(ABOUT)

    def do_POST(self):
        tail, found = b"", False
        while size := int(self.rfile.readline(), 16):  # fails where the request breaks off
            piece = tail + self.rfile.read(size)
            found = found or MARKER in piece
            tail = piece[-len(MARKER):]
            self.rfile.readline()
        self.answer(ABOUT | (BAD if found else {"verdict": "clean"}))

    def answer(self, said):
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Scanner).serve_forever()
