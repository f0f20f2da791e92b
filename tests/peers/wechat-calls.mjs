// The published client of WeChat's API against ADDRESS: makes the calls named on standard input, one after the other, and prints their answers, one JSON array.
// usage: echo '[["createTag","x"],…]' | node wechat-calls.mjs ADDRESS APPID SECRET
import { createRequire } from 'node:module';

const WechatAPI = createRequire(import.meta.url)('wechat-api');
const [address, appId, secret] = process.argv.slice(2);
const api = new WechatAPI(appId, secret);
api.endpoint = address.replace(/\/$/, '');

let input = '';
for await (const chunk of process.stdin)
  input += chunk;
const answers = [];
for (const [method, ...args] of JSON.parse(input))
  answers.push(await new Promise(done => api[method](...args, (error, answer) => done(error ? { error: error.name, code: error.code } : answer))));
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
