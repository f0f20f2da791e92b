// Signatures of the vendors' own libraries for the requests named on standard input, and the verdict of the reference library on a webhook: one JSON object.
// usage: echo '{"aliyun":{…},"tencent":{…},"webhook":{…}}' | node signers.mjs
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
let input = '';
for await (const chunk of process.stdin)
  input += chunk;
const asked = JSON.parse(input);
const answer = {};

if (asked.aliyun) {
  const { default: OpenApiUtil } = require('@alicloud/openapi-util');
  const { method, query, headers, payload, keyId, secret } = asked.aliyun;
  answer.aliyun = OpenApiUtil.getAuthorization({ protocol: 'https', method, pathname: '/', query, headers }, 'ACS3-HMAC-SHA256', payload, keyId, secret);
}
if (asked.tencent) {
  const sign = require('tencentcloud-sdk-nodejs-common/tencentcloud/common/sign').default;
  const { host, body, seconds, secretId, secretKey } = asked.tencent;
  answer.tencent = sign.sign3({
    method: 'POST', url: `https://${host}/`, payload: Buffer.from(body), timestamp: seconds, service: 'sms', secretId, secretKey, headers: { 'Content-Type': 'application/json' },
  });
}
if (asked.webhook) {
  const { Webhook } = require('standardwebhooks');
  const { secret, headers, body, sign } = asked.webhook;
  try {
    new Webhook(secret).verify(body, headers);
    answer.webhook = 'accepted';
  } catch (error) {
    answer.webhook = error.message;
  }
  answer.signature = new Webhook(secret).sign(sign.id, new Date(sign.seconds * 1000), sign.body);
}
process.stdout.write(JSON.stringify(answer), () => process.exit(0));
