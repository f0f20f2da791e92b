// Microsoft's bot library as the reference: an echo bot on its CloudAdapter beside the bot at ADDRESS. Both get the same activities from a channel that this script
// plays, and what each answered and wrote is printed: [{name, reference: {status, body, calls}, ours: {status, body, calls}}].
// usage: node botbuilder.mjs ADDRESS
import { createRequire } from 'node:module';
import { createServer } from 'node:http';

const { ActivityHandler, CloudAdapter, ConfigurationBotFrameworkAuthentication } = createRequire(import.meta.url)('botbuilder');
const [address] = process.argv.slice(2);

const calls = [];
async function bodyOf(request) {
  let text = '';
  for await (const part of request) text += part;
  return text;
}
const listen = handler => new Promise(done => {
  const server = createServer(handler).listen(0, '127.0.0.1', () => done(`http://127.0.0.1:${server.address().port}/`));
});

const channel = await listen(async (request, response) => {
  calls.push({ method: request.method, path: request.url, body: JSON.parse(await bodyOf(request) || 'null') });
  response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id: `sent-${calls.length}` }));
});

const echo = new class extends ActivityHandler {
  async onAdaptiveCardInvoke(turn, value) {
    await turn.sendActivity(`Echo: ${value.action.data.say}`);
    return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'Taken' };
  }
}();
echo.onMessage(async (turn, next) => { await turn.sendActivity(`Echo: ${turn.activity.text}`); await next(); });
echo.onConversationUpdate(async (turn, next) => { await turn.sendActivity('Hello'); await next(); });
const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}));
const reference = await listen(async (request, response) => {
  try {
    request.body = JSON.parse(await bodyOf(request));
  } catch {
    request.body = undefined;
  }
  response.header = (name, value) => { response.setHeader(name, value); return response; };
  response.status = code => { response.statusCode = code; return response; };
  response.send = body => {
    if (body !== undefined) response.setHeader('content-type', 'application/json').write(typeof body === 'string' ? body : JSON.stringify(body));
    return response;
  };
  await adapter.process(request, response, turn => echo.run(turn));
});

const activity = (name, who, more) => ({
  type: 'message', id: `in-${name}`, timestamp: new Date().toISOString(), serviceUrl: channel, channelId: 'emulator',
  from: { id: `user-${who}`, name: '演示业主' }, recipient: { id: 'bot-1', name: '业委会助手' }, conversation: { id: `${who}:${name}` }, locale: 'zh-CN', ...more,
});
const tapOn = type => ({ action: { type, verb: 'say', data: { say: '换物业要多少人同意' } }, trigger: 'manual' });
const cases = {
  'expect-replies': { text: '换物业要多少人同意', deliveryMode: 'expectReplies' },
  message: { text: '换物业要多少人同意' },
  join: { type: 'conversationUpdate', membersAdded: [{ id: 'bot-1' }, { id: 'user' }] },
  typing: { type: 'typing' },
  unknown: { type: 'somethingNew' },
  invoke: { type: 'invoke', name: 'composeExtension/query', value: {} },
  'invoke-replies': { type: 'invoke', name: 'composeExtension/query', value: {}, deliveryMode: 'expectReplies' },
  tap: { type: 'invoke', name: 'adaptiveCard/action', value: tapOn('Action.Execute') },
  'tap-replies': { type: 'invoke', name: 'adaptiveCard/action', value: tapOn('Action.Execute'), deliveryMode: 'expectReplies' },
  'tap-of-another-kind': { type: 'invoke', name: 'adaptiveCard/action', value: tapOn('Action.Submit') },
};

async function post(bot, who, name, more) {
  const sent = activity(name, who, more);
  if (sent.membersAdded) sent.membersAdded[1].id = sent.from.id;
  const answer = await fetch(`${bot}api/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) });
  const text = await answer.text();
  let body = null;
  try { body = JSON.parse(text); } catch { /* some answers have no body, or words for people */ }
  const wants = ['message', 'join', 'tap'].includes(name);
  const mine = () => calls.filter(call => decodeURIComponent(call.path).includes(`/${who}:${name}/`) && call.body?.type !== 'typing');
  for (const end = Date.now() + 60_000; wants && mine().length === 0 && Date.now() < end;) await new Promise(done => setTimeout(done, 50));
  return { status: answer.status, body, calls: mine() };
}

const results = [];
for (const [name, more] of Object.entries(cases))
  results.push({ name, reference: await post(reference, 'reference', name, more), ours: await post(address, 'ours', name, more) });
process.stdout.write(JSON.stringify(results), () => process.exit(0));
