"""AWS by moto: JSON with `__type`, XML of S3, of the query protocol and of EC2, and what headers alone say."""

import json
from typing import Any

import pytest

import seawall
from tests.real_servers.asking import Server

APP = "moto_app"


def signed(service: str) -> dict[str, str]:
    """Headers of a signed request; moto reads the service from them and checks no signature."""
    scope = f"test/20260101/us-east-1/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}


async def operate(server: Server, service: str, target: str, **arguments: Any) -> seawall.StatusProblem:
    """Call an operation of the JSON protocol."""
    headers = {**signed(service), "X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"}
    return await server.problem("POST", "/", content=json.dumps(arguments).encode(), headers=headers)


async def query(server: Server, service: str, **arguments: str) -> seawall.StatusProblem:
    """Call an action of the query protocol."""
    return await server.problem("POST", "/", data=arguments, headers=signed(service))


def seawall_code(original: str) -> str:
    """Write a name in camel case as the codes of problems are written."""
    return "".join(f"_{letter}" if letter.isupper() and place else letter for place, letter in enumerate(original)).upper()


def request_id(problem: seawall.StatusProblem) -> str | None:
    """What the server itself calls the request."""
    assert problem.response is not None
    name: str | None = problem.response.headers.get("x-amzn-requestid")
    return name


@pytest.mark.parametrize(
    ("service", "target", "arguments", "status", "original"),
    [
        ("dynamodb", "DynamoDB_20120810.GetItem", {"TableName": "none", "Key": {}}, 400, "ResourceNotFoundException"),
        ("sqs", "AmazonSQS.GetQueueUrl", {"QueueName": "none"}, 400, "QueueDoesNotExist"),
        ("secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": "none"}, 404, "ResourceNotFoundException"),
        ("logs", "Logs_20140328.DescribeLogStreams", {"logGroupName": "none"}, 400, "ResourceNotFoundException"),
        ("kms", "TrentService.DescribeKey", {"KeyId": "none"}, 400, "NotFoundException"),
        ("states", "AWSStepFunctions.DescribeStateMachine", {"stateMachineArn": "x"}, 400, "InvalidArn"),
    ],
    ids=["get-item", "sqs", "secrets", "logs", "kms", "states"],
)
async def test_the_json_protocol_names_its_code(
    server: Server, service: str, target: str, arguments: dict[str, Any], status: int, original: str
) -> None:
    """The code is what follows the namespace, and the trace is the request's id."""
    problem = await operate(server, service, target, **arguments)
    assert (problem.status, problem.dialect) == (status, "aws")
    assert problem.code == seawall_code(original)
    assert problem.trace_id == request_id(problem) is not None
    assert problem.detail


async def make_table(server: Server) -> None:
    """Make a table, unless it is there."""
    table = {
        "TableName": "agents",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    headers = {**signed("dynamodb"), "X-Amz-Target": "DynamoDB_20120810.CreateTable"}
    await server.call("POST", "/", content=json.dumps(table).encode(), headers=headers, raise_for_status=False)


async def test_dynamodb_names_its_codes(server: Server) -> None:
    """An invalid item, a failed condition and a cancelled transaction, which writes `Message` with a capital, have codes."""
    await make_table(server)
    put = {"TableName": "agents", "Item": {"id": {"S": "1"}}, "ConditionExpression": "attribute_exists(id)"}
    invalid = await operate(server, "dynamodb", "DynamoDB_20120810.PutItem", TableName="agents", Item={"no": {"S": "1"}})
    failed = await operate(server, "dynamodb", "DynamoDB_20120810.PutItem", **put)
    cancelled = await operate(server, "dynamodb", "DynamoDB_20120810.TransactWriteItems", TransactItems=[{"Put": put}])
    assert [problem.code for problem in (invalid, failed, cancelled)] == [
        "VALIDATION_EXCEPTION",
        "CONDITIONAL_CHECK_FAILED_EXCEPTION",
        "TRANSACTION_CANCELED_EXCEPTION",
    ]
    assert cancelled.detail.startswith("Transaction cancelled")


async def test_lambda_names_its_code(server: Server) -> None:
    """A REST service names the code in a header as well, without a namespace."""
    problem = await server.problem("GET", "/2015-03-31/functions/none", headers=signed("lambda"))
    assert isinstance(problem, seawall.NotFoundProblem)
    assert (problem.code, problem.dialect) == ("RESOURCE_NOT_FOUND_EXCEPTION", "aws")
    assert problem.trace_id == request_id(problem) is not None


@pytest.mark.parametrize(("path", "original"), [("/no-such-bucket", "NoSuchBucket"), ("/agents/none", "NoSuchKey")])
async def test_s3_names_its_code_in_xml(server: Server, path: str, original: str) -> None:
    """S3's `Error` element has the code, the words and the request's id."""
    await server.call("PUT", "/agents", headers=signed("s3"))
    problem = await server.problem("GET", path, headers=signed("s3"))
    assert isinstance(problem, seawall.NotFoundProblem)
    assert (problem.code, problem.original_code, problem.dialect) == (seawall_code(original), original, "aws")
    assert problem.detail.startswith("The specified")
    assert problem.trace_id == request_id(problem) is not None


async def test_s3_without_a_body_speaks_by_its_status(server: Server) -> None:
    """HEAD has no body, so there is no code; the request's id is in a header."""
    problem = await server.problem("HEAD", "/no-such-bucket", headers=signed("s3"))
    assert isinstance(problem, seawall.NotFoundProblem)
    assert (problem.code, problem.detail) == (None, "")
    assert problem.trace_id == request_id(problem) is not None


@pytest.mark.parametrize(
    ("service", "arguments", "status", "code"),
    [
        ("iam", {"Action": "GetUser", "UserName": "nobody", "Version": "2010-05-08"}, 404, "NO_SUCH_ENTITY"),
        (
            "sqs",
            {"Action": "GetQueueUrl", "QueueName": "none", "Version": "2012-11-05"},
            400,
            "AWS_SIMPLE_QUEUE_SERVICE_NON_EXISTENT_QUEUE",
        ),
        (
            "sns",
            {"Action": "GetTopicAttributes", "TopicArn": "arn:aws:sns:us-east-1:1:none", "Version": "2010-03-31"},
            404,
            "NOT_FOUND",
        ),
        (
            "ec2",
            {"Action": "DescribeInstances", "InstanceId.1": "i-none", "Version": "2016-11-15"},
            400,
            "INVALID_INSTANCE_ID_NOT_FOUND",
        ),
    ],
    ids=["iam", "sqs", "sns", "ec2"],
)
async def test_the_query_protocol_names_its_code_in_xml(
    server: Server, service: str, arguments: dict[str, str], status: int, code: str
) -> None:
    """The code stands in `ErrorResponse/Error`, in EC2's answers in `Response/Errors/Error`."""
    problem = await query(server, service, **arguments)
    assert (problem.status, problem.code, problem.dialect) == (status, code, "aws")
    assert problem.detail
    assert problem.trace_id


async def test_a_crash_speaks_by_its_status(server: Server) -> None:
    """An operation that the service does not have ends in a page, of which nothing is taken."""
    problem = await operate(server, "dynamodb", "DynamoDB_20120810.NoSuchOperation")
    assert isinstance(problem, seawall.ServerErrorProblem)
    assert (problem.code, problem.detail, problem.dialect) == (None, "", None)
