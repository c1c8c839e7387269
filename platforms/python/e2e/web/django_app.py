"""JustClick's webhooks in Django."""

import hmac
import json
import os
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from justclick_plugin import Connection, JustClick, WebhookError

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[])
shop = JustClick(Connection.from_env())


@csrf_exempt
def order_paid(request: HttpRequest, secret: str) -> HttpResponse:
    """Keeps the events, and answers the service."""
    if not hmac.compare_digest(secret.encode(), os.environ["HOOK_SECRET"].encode()):
        return HttpResponse(status=404)
    query = request.META["QUERY_STRING"]
    try:
        received = shop.webhook_order_paid(request.method, request.headers, query, request.body)
    except WebhookError as error:
        return HttpResponse(status=error.status)
    with open(os.environ["KEPT"], "a", encoding="utf-8") as kept:
        kept.writelines(f"{json.dumps(event.cloud_event())}\n" for event in received.events)
    answer = received.response
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))


urlpatterns = [path("hooks/<str:secret>/order_paid", order_paid)]

if __name__ == "__main__":
    django.setup()
    make_server("127.0.0.1", int(os.environ["PORT"]), get_wsgi_application()).serve_forever()
