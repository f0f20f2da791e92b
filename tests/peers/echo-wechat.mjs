// An echo as the wechat package's middleware makes it: checks the signature, parses, answers in the response. Argument: the token. Prints its port.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const wechat = createRequire(import.meta.url)('wechat');

const middleware = wechat(process.argv[2]).text((message, req, res) => res.reply(message.Content)).middlewarify();

const server = createServer((req, res) => {
  req.query = Object.fromEntries(new URL(req.url, 'http://localhost').searchParams);
  middleware(req, res, error => { res.statusCode = 500; res.end(String(error)); });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
