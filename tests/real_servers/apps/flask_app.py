"""Flask: its own error pages, and the JSON handlers of its documentation."""

import json
from typing import Any

from flask import Blueprint, Flask, abort, jsonify
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, TooManyRequests, Unauthorized

app = Flask(__name__)
described = Blueprint("described", __name__, url_prefix="/described")


@app.get("/abort/<int:status>")
def page(status: int) -> None:
    """Answer with a page."""
    abort(status)


@app.get("/late")
def late() -> None:
    """Ask to wait."""
    raise TooManyRequests(retry_after=7)


@app.get("/private")
def private() -> None:
    """Challenge with a page."""
    raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "agents", "error": "invalid_token", "scope": "read"}))


@app.get("/crash")
def crash() -> None:
    """Fail as no code should."""
    raise RuntimeError("crash-canary")


@app.get("/seed")
def seed() -> Any:
    """Answer in the form of the project's own error contract."""
    return jsonify(code="AGENT_FORBIDDEN", detail="Forbidden", params={"resource": "agent_session", "action": "update"}), 403


@app.get("/nan")
def nan() -> Any:
    """Answer with what Python calls JSON and nobody else does."""
    return jsonify(code="QUOTA_EXCEEDED", params={"left": float("nan"), "most": float("inf")}), 400


@app.get("/prose")
def prose() -> Any:
    """Answer as the documentation's page on API errors does."""
    return jsonify(error="404 Not Found: The agent is not there"), 404


@app.get("/message")
def message() -> Any:
    """Answer as the documentation's `InvalidAPIUsage` does, with a payload."""
    return jsonify(message="No agent has this number", number=7), 400


@described.errorhandler(HTTPException)
def describe(error: HTTPException) -> Any:
    """Turn pages into JSON, as the documentation's generic handler does."""
    response: Any = error.get_response()
    response.data = json.dumps({"code": error.code, "name": error.name, "description": error.description})
    response.content_type = "application/json"
    return response


@described.get("/<int:status>")
def described_error(status: int) -> None:
    """Fail under the generic handler."""
    abort(status)


app.register_blueprint(described)
