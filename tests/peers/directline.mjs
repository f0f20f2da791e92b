// Drives the real Direct Line client through one conversation and prints what it saw as one line of JSON.
// usage: node directline.mjs ADDRESS socket|polling QUESTION...
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
globalThis.XMLHttpRequest = require('xmlhttprequest').XMLHttpRequest;
globalThis.WebSocket = require('ws').WebSocket;
const { DirectLine, ConnectionStatus } = require('botframework-directlinejs');

const [address, way, ...questions] = process.argv.slice(2);
const deadline = setTimeout(() => fail('no answer within 60 seconds'), 60_000);

function fail(why) {
  console.error(why);
  process.exit(1);
}

const answer = await fetch(new URL('/v3/directline/tokens/generate', address), { method: 'POST' });
if (!answer.ok) fail(`tokens/generate answered ${answer.status}`);
const { token } = await answer.json();

const line = new DirectLine({
  token,
  domain: new URL('/v3/directline', address).href,
  webSocket: way === 'socket',
  pollingInterval: 300,
});
const statuses = [];
const received = [];
let news = () => {};
line.connectionStatus$.subscribe(status => statuses.push(ConnectionStatus[status]));
line.activity$.subscribe(activity => {
  received.push(activity);
  news();
}, error => fail(`activity$: ${error}`));

const posted = [];
for (const text of questions) {
  const id = await new Promise((done, refused) =>
    line.postActivity({ type: 'message', text, from: { id: 'client-chose-this' }, channelData: { clientActivityID: `peer-${posted.length}` } })
      .subscribe(done, refused));
  posted.push(id);
  while (!(received.some(a => a.id === id) && received.some(a => a.replyToId === id && a.from.role === 'bot')))
    await new Promise(done => { news = done; });
}

line.end();
clearTimeout(deadline);
process.stdout.write(`${JSON.stringify({ statuses, posted, received })}\n`, () => process.exit(0));
