// Published servers of official accounts, to be pushed to by what stands in for the vendor: the middleware "wechat" at /middleware, "node-easywechat" at /easywechat,
// each echoing what was said. Prints its address, then runs until its input ends.
// usage: node wechat-server.mjs APPID TOKEN ENCODINGAESKEY SECRET
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { parse } from 'node:url';

const require = createRequire(import.meta.url);
const wechat = require('wechat');
const { OfficialAccount, ServerRequest } = require('node-easywechat');
const [appid, token, encodingAESKey, secret] = process.argv.slice(2);

const middleware = wechat({ appid, token, encodingAESKey, checkSignature: true }, (request, response) => response.reply(`middleware: ${request.weixin.Content}`));

async function easywechat(request, response) {
  const app = new OfficialAccount({ app_id: appid, secret, token, aes_key: encodingAESKey });
  app.setRequest(await ServerRequest.createFromIncomingMessage(request));
  const server = app.getServer();
  server.with(async message => `easywechat: ${message.Content}`);
  const answer = await server.serve();
  response.writeHead(answer.getStatusCode?.() ?? 200, { 'content-type': 'text/xml' }).end(answer.getBody().toString());
}

const server = createServer((request, response) => {
  request.query = parse(request.url, true).query;
  const failed = error => { process.stderr.write(`${error.stack}\n`); response.writeHead(500).end(); };
  if (request.url.startsWith('/middleware')) middleware(request, response, failed);
  else easywechat(request, response).catch(failed);
}).listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/\n`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
