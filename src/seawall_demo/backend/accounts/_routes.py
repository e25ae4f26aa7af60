"""The routes of log-in and tokens."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, StringConstraints

from seawall_server.fastapi import problems

from .._errors import CodeInvalid, InvalidGrant, TooManyGuesses
from ._accounts import Accounts

REFRESH_PATH = "/v1/auth/refresh"

Email = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=100, pattern=r"^[^@\s]+@[^@\s]+$")]
Token = Annotated[str, StringConstraints(min_length=1, max_length=200)]


async def _never_cached(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"


router = APIRouter(prefix="/v1/auth", tags=["auth"], dependencies=[Depends(_never_cached)])


class CodeWanted(BaseModel):
    """The body that asks for a code."""

    email: Email


class LogIn(BaseModel):
    """The body that logs somebody in."""

    email: Email
    otp: Token


class RefreshToken(BaseModel):
    """The body that brings a refresh token."""

    refresh_token: Token


class TokenAnswer(BaseModel):
    """Tokens, in the names of RFC 6749, section 5.1."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"


class Person(BaseModel):
    """Who is logged in."""

    name: str
    email: str


class LoggedIn(TokenAnswer):
    """Tokens, and whose they are."""

    user: Person


async def _accounts(request: Request) -> Accounts:
    accounts = request.app.state.accounts
    assert isinstance(accounts, Accounts)
    return accounts


Keeper = Annotated[Accounts, Depends(_accounts)]


@router.post("/code", status_code=202)
def send_code(body: CodeWanted, accounts: Keeper) -> dict[str, str]:
    """Send a code, if somebody has this address; the answer is the same if nobody has."""
    accounts.codes.send(body.email)
    return {}


@router.post("/login", responses=problems(CodeInvalid, TooManyGuesses))
def log_in(body: LogIn, accounts: Keeper) -> LoggedIn:
    """Tokens for the code that was sent last."""
    user, tokens = accounts.log_in(body.email, body.otp)
    return LoggedIn(user=Person(name=user, email=body.email), **asdict(tokens))


@router.post("/refresh", responses=problems(InvalidGrant))
def refresh(body: RefreshToken, accounts: Keeper) -> TokenAnswer:
    """New tokens for a refresh token, which is used up by that."""
    return TokenAnswer(**asdict(accounts.families.rotate(body.refresh_token)))


@router.post("/logout", status_code=204)
def log_out(body: RefreshToken, accounts: Keeper) -> None:
    """The end of a family; for a token that is not good any more there is nothing to do (RFC 7009, section 2.2)."""
    accounts.families.end(body.refresh_token)
