"""The serializers, views and addresses of `drf_app.py`."""

from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import exceptions, serializers
from rest_framework.authentication import BasicAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

handler500 = "rest_framework.exceptions.server_error"  # as its documentation advises


class ItemSerializer(serializers.Serializer[Any]):
    """A line of an order."""

    name = serializers.CharField(max_length=5)
    qty = serializers.IntegerField(min_value=1)


class OrderSerializer(serializers.Serializer[Any]):
    """What is posted."""

    email = serializers.EmailField()
    items = ItemSerializer(many=True, required=False)
    first = serializers.IntegerField(required=False)
    last = serializers.IntegerField(required=False)
    tags = serializers.ListField(child=serializers.IntegerField(), required=False)
    home = ItemSerializer(required=False)

    def validate(self, order: dict[str, Any]) -> dict[str, Any]:
        """Compare two fields."""
        if order.get("first", 0) > order.get("last", 0):
            raise serializers.ValidationError("first must not be after last")
        return order


class AwkwardSerializer(serializers.Serializer[Any]):
    """Fields that are called like the members of other forms of errors."""

    code = serializers.CharField()
    detail = serializers.CharField()
    details = serializers.CharField()
    errcode = serializers.CharField()
    error = serializers.CharField()
    errors = serializers.CharField()
    id = serializers.CharField()
    message = serializers.CharField()
    name = serializers.CharField()
    params = serializers.CharField()
    status = serializers.CharField()
    title = serializers.CharField()
    type = serializers.CharField()


class Awkward(APIView):
    """Takes what makes errors look like other servers'."""

    def post(self, request: Request) -> Response:
        """Validate it."""
        AwkwardSerializer(data=request.data).is_valid(raise_exception=True)
        return Response({"ok": True})


class Orders(APIView):
    """Takes one order."""

    def post(self, request: Request) -> Response:
        """Validate it."""
        OrderSerializer(data=request.data).is_valid(raise_exception=True)
        return Response({"ok": True})


class ManyOrders(APIView):
    """Takes a list of orders."""

    def post(self, request: Request) -> Response:
        """Validate them."""
        OrderSerializer(data=request.data, many=True).is_valid(raise_exception=True)
        return Response({"ok": True})


RAISED: dict[str, Exception] = {
    "not-found": exceptions.NotFound(),
    "http-404": Http404("no agent"),
    "denied": exceptions.PermissionDenied(),
    "late": exceptions.Throttled(wait=37, detail="Come back in 9000 seconds."),
    "late-in-prose": exceptions.Throttled(detail="Expected available in 37 seconds."),
    "late-as-usual": exceptions.Throttled(wait=37),
    "text": exceptions.ValidationError("This cannot be done twice."),
    "bare": exceptions.ValidationError({"name": "Taken already", "email": "Not yours"}),
    "coded": exceptions.APIException({"code": "AGENT_BUSY", "queue": "3"}),
    "crash": RuntimeError("crash-canary"),
}


class Raise(APIView):
    """Raises what its path names."""

    def get(self, request: Request, name: str) -> Response:
        """Raise it."""
        raise RAISED[name]


class Private(APIView):
    """Asks who calls; without a scheme that challenges, the framework answers 403."""

    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        """Answer those who may ask."""
        return Response({"ok": True})


class Challenging(Private):
    """Asks with a challenge."""

    authentication_classes = (BasicAuthentication,)


urlpatterns = [
    path("orders", Orders.as_view()),
    path("orders/many", ManyOrders.as_view()),
    path("awkward", Awkward.as_view()),
    path("raise/<name>", Raise.as_view()),
    path("private", Private.as_view()),
    path("challenging", Challenging.as_view()),
]
