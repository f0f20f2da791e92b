// The vendor's published client of Feishu. Reads one JSON object from standard input and prints one.
// {encryptKey, verificationToken, pushes: [{body, headers}]} is what its event dispatcher makes of pushes: {pushes: [{challenge} or {message, tap} or null]}.
// {address, appId, appSecret, calls: [{path: "create" or "reply", params, data}]} is what its client gets for calls: {calls: [{code, messageId}]}.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const lark = createRequire(import.meta.url)('@larksuiteoapi/node-sdk');
const asked = JSON.parse(readFileSync(0, 'utf8'));
const silent = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };

async function dispatch({ body, headers }) {
  const data = Object.assign(Object.create({ headers }), JSON.parse(body));
  try {
    const { isChallenge, challenge } = lark.generateChallenge(data, { encryptKey: asked.encryptKey });
    if (isChallenge)
      return challenge;
  } catch {
    return null;
  }
  const dispatcher = new lark.EventDispatcher({ encryptKey: asked.encryptKey, verificationToken: asked.verificationToken, logger: silent }).register({
    'im.message.receive_v1': event => ({ message: event.message.message_id, text: JSON.parse(event.message.content).text, token: event.token }),
    'card.action.trigger': event => ({ tap: event.action.value, from: event.operator.open_id, token: event.token }),
  });
  return await dispatcher.invoke(data) ?? null;
}

async function call(client, { path, params, data }) {
  try {
    const answer = path === 'reply'
      ? await client.im.message.reply({ path: params, data })
      : await client.im.message.create({ params, data });
    return { code: answer.code, messageId: answer.data?.message_id };
  } catch (error) {
    return { code: error.response?.data?.code ?? error.code };
  }
}

const printed = {};
if (asked.pushes) {
  printed.pushes = [];
  for (const push of asked.pushes)
    printed.pushes.push(await dispatch(push));
}
if (asked.calls) {
  const client = new lark.Client({ appId: asked.appId, appSecret: asked.appSecret, domain: asked.address.replace(/\/$/, ''), logger: silent });
  printed.calls = [];
  for (const one of asked.calls)
    printed.calls.push(await call(client, one));
}
process.stdout.write(JSON.stringify(printed), () => process.exit(0));
