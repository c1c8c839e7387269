"""JustClick's webhooks in FastAPI."""

import asyncio
import hmac
import json
import os

import uvicorn
from fastapi import FastAPI, Request, Response

from justclick_plugin import Connection, JustClick, WebhookError

app = FastAPI()
shop = JustClick(Connection.from_env())


@app.post("/hooks/{secret}/order_paid")
async def order_paid(secret: str, request: Request) -> Response:
    """Keeps the events, and answers the service."""
    if not hmac.compare_digest(secret.encode(), os.environ["HOOK_SECRET"].encode()):
        return Response(status_code=404)
    body = await request.body()
    try:
        # A webhook may ask the service, and an event loop must not wait for that.
        received = await asyncio.to_thread(
            shop.webhook_order_paid, request.method, request.headers, request.url.query, body
        )
    except WebhookError as error:
        return Response(status_code=error.status)
    with open(os.environ["KEPT"], "a", encoding="utf-8") as kept:
        kept.writelines(f"{json.dumps(event.cloud_event())}\n" for event in received.events)
    answer = received.response
    return Response(answer.body, answer.status, dict(answer.headers))


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]))
