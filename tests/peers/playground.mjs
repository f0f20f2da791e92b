// Microsoft's Agents Playground without its window: writes each TEXT as its user would, waits for the bot's words after it, and prints what its user sees:
// {typings, messages: [{text, buttons}]}.
// usage: node playground.mjs BOT CHANNEL default|expectReplies TEXT...
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

const [bot, channel, delivery, ...texts] = process.argv.slice(2);
const cli = createRequire(import.meta.url).resolve('@microsoft/m365agentsplayground/cli.js');
const port = await new Promise(done => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => done(port));
  });
});
const folder = mkdtempSync(join(tmpdir(), 'playground-'));      // it keeps a log where it runs
const playground = spawn(process.execPath, [cli, 'start', '-e', `${bot}api/messages`, '-c', channel, '--dm', delivery, '-p', String(port), '--disable-telemetry'],
  { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
let said = '';
for (const out of [playground.stdout, playground.stderr]) out.on('data', text => { said += text; });

const end = Date.now() + 150_000;
async function until(what, look) {
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end || playground.exitCode !== null) throw new Error(`Waited in vain for ${what}. The playground said: ${said}`);
    await new Promise(done => setTimeout(done, 50));
  }
}

const seen = { typings: 0, messages: [] };
let lastSeen = 0;
try {
  const base = `http://127.0.0.1:${port}`;
  const { config } = await until('the playground', () => fetch(`${base}/_internal/v1/config`).then(answer => answer.ok ? answer.json() : null, () => null));
  const stream = new WebSocket(`ws://127.0.0.1:${port}/_ws_conversation/v1/conversations/stream`);
  stream.on('message', data => {
    const { action, message } = JSON.parse(data);
    if (action === 'typing') seen.typings++;
    if (action !== 'createMessage' || message.from.id !== config.bot.id) return;
    const buttons = [...message.suggestedActions?.actions ?? [], ...(message.attachments ?? []).flatMap(card => card.content?.buttons ?? card.content?.actions ?? [])];
    lastSeen = Date.now();
    seen.messages.push({ text: message.text ?? '', buttons: buttons.map(button => button.title) });
  });
  await new Promise((open, fail) => stream.on('open', open).on('error', fail));
  for (const text of texts) {
    const before = seen.messages.length;
    const posted = await fetch(`${base}/_conversation/v1/conversations/${encodeURIComponent(config.personalChat.id)}/messages`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ from: { id: config.currentUser.id }, text, textFormat: 'plain' }),
    });
    if (!posted.ok) throw new Error(`The playground refused ${text}: ${posted.status} ${await posted.text()}`);
    // One answer may come as words and a card, one after the other.
    await until(`the answer to ${text}`, () => seen.messages.length > before && Date.now() - lastSeen > 700);
  }
} finally {
  playground.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(JSON.stringify(seen), () => process.exit(0));
