// Formats by intl-messageformat what comes on standard input: [[pattern, locale, params, names of moments], ...] as JSON. `node formatjs.js FOLDER`
const { createRequire } = require("node:module");
const { IntlMessageFormat } = createRequire(process.argv[2] + "/")("intl-messageformat");

const asked = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const texts = asked.map(([pattern, locale, params, moments]) => {
  for (const name of moments) params[name] = new Date(params[name]);
  return new IntlMessageFormat(pattern, locale).format(params);
});
process.stdout.write(JSON.stringify(texts));
