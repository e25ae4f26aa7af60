// The answers of engine_answers.py, by Node's http: `node engine_node.js SECONDS`. It ends when its standard input does.
const http = require("node:http");

const big = Buffer.alloc(5 * 1024 * 1024, Uint8Array.from(Array(256).keys()));
const problem = '{"type": "about:blank", "title": "Not Found", "status": 404, "code": "AGENT_UNKNOWN"}';

function answer(path, body, response) {
  switch (path) {
    case "/echo":
      return response.writeHead(200, { "Content-Length": body.length }).end(body);
    case "/close":
      return response.writeHead(200, { "Content-Length": body.length, Connection: "close" }).end(body);
    case "/parts":
      response.write("one ");
      response.write("two ");
      return response.end("three");
    case "/big":
      return response.writeHead(200, { "Content-Length": big.length }).end(big);
    case "/empty":
      return response.writeHead(204).end();
    case "/cached":
      return response.writeHead(304, { ETag: '"1"' }).end();
    case "/moved":
      return response.writeHead(307, { Location: "/echo", "Content-Length": 0 }).end();
    default:
      return response.writeHead(404, { "Content-Type": "application/problem+json" }).end(problem);
  }
}

const server = http.createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    response.setHeader("X-Peer", request.socket.remotePort);
    answer(request.url, Buffer.concat(pieces), response);
  });
});
server.keepAliveTimeout = Number(process.argv[2]) * 1000;
server.keepAliveTimeoutBuffer = 0;
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.on("end", () => process.exit(0)).resume();
