"""All the dialects there are. What a body is decides between them, not their order."""

from ._aspnet import AspNet
from ._aws import Aws
from ._bearer import Bearer
from ._drf import Drf
from ._fastapi import FastApi
from ._github import GitHub
from ._google import Google
from ._graphql import GraphQl
from ._grpc import Grpc
from ._jsonapi import JsonApi
from ._kubernetes import Kubernetes
from ._listed import Listed
from ._matrix import Matrix
from ._oauth2 import OAuth2
from ._odata import OData
from ._paypal import PayPal
from ._plain import Plain
from ._rfc9457 import Rfc9457
from ._signs import BuiltIn
from ._spring import Spring
from ._stripe import Stripe
from ._unleash import Unleash

__all__ = ["BUILT_IN"]

BUILT_IN: tuple[BuiltIn, ...] = (
    AspNet(), Aws(), Bearer(), Drf(), FastApi(), GitHub(), Google(), GraphQl(), Grpc(), JsonApi(), Kubernetes(), Listed(),
    Matrix(), OAuth2(), OData(), PayPal(), Plain(), Rfc9457(), Spring(), Stripe(), Unleash(),
)  # fmt: skip
