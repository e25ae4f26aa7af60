"""The addresses of `oauth_app.py`: the toolkit's own, a page that wants a token, and what a test wants to know and to do."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.utils import timezone
from oauth2_provider.decorators import protected_resource_metadata
from oauth2_provider.models import AccessToken, DeviceGrant
from oauth2_provider.views import TokenView

granted: Counter[str] = Counter()  # by type of grant


class CountedTokenView(TokenView):
    """The token endpoint, counting what it grants."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer, and count."""
        response: HttpResponse = super().post(request, *args, **kwargs)
        granted[request.POST.get("grant_type", "")] += response.status_code == 200
        return response


@protected_resource_metadata()
def page(request: HttpRequest) -> JsonResponse:
    """Tell whose token it is, and what it allows."""
    token = AccessToken.objects.get(token=request.headers["Authorization"].partition(" ")[2])
    return JsonResponse({"user": str(token.user), "scope": token.scope})


def counts(request: HttpRequest) -> JsonResponse:
    """Tell how many tokens were granted."""
    return JsonResponse(granted)


def expire(request: HttpRequest) -> JsonResponse:
    """Let all access tokens, or all device codes, end now."""
    past = timezone.now() - timedelta(hours=1)
    return JsonResponse({"tokens": AccessToken.objects.update(expires=past), "devices": DeviceGrant.objects.update(expires=past)})


urlpatterns = [
    path("login", LoginView.as_view()),
    path("page", page),
    path("counts", counts),
    path("expire", expire),
    path("o/token/", CountedTokenView.as_view()),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]
