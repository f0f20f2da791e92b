// The published client of WeChat's API against ADDRESS: sends customer-service messages and prints what came back, one JSON array.
// usage: node wechat-api.mjs ADDRESS APPID SECRET OPENID TEXT...
import { createRequire } from 'node:module';

const WechatAPI = createRequire(import.meta.url)('wechat-api');
const [address, appId, secret, openId, ...texts] = process.argv.slice(2);
const api = new WechatAPI(appId, secret);
api.endpoint = address.replace(/\/$/, '');

const results = [];
for (const text of texts)
  results.push(await new Promise(done => api.sendText(openId, text, (error, answer) => done(error ? { error: error.name, code: error.code } : answer))));
process.stdout.write(JSON.stringify(results), () => process.exit(0));
