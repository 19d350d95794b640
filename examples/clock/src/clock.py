"""Answers with the time, over HTTP, with nothing but Python's standard library."""

import json
import os
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(os.environ["PORT"])
ZONE = os.environ.get("CLOCK_ZONE", "UTC")


class Clock(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            return self.answer(200, {"healthy": True})
        if self.path == "/":
            return self.answer(200, {"service": os.environ["SERVICE_NAME"], "zone": ZONE, "time": datetime.now(timezone.utc).isoformat()})
        return self.answer(404, {"message": "there is only / and /health"})

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    ThreadingHTTPServer(("", PORT), Clock).serve_forever()
