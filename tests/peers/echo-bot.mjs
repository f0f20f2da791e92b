// An echo bot as the botbuilder package makes it: state in memory, no sign-in, replies in the response. Prints its port.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const { ActivityHandler, CloudAdapter, ConfigurationBotFrameworkAuthentication, ConversationState, MemoryStorage } = createRequire(import.meta.url)('botbuilder');

const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}));
const state = new ConversationState(new MemoryStorage());
const count = state.createProperty('count');

const bot = new ActivityHandler();
bot.onMessage(async (context, next) => {
  const turns = await count.get(context, 0) + 1;
  await count.set(context, turns);
  await context.sendActivity(`${turns}: ${context.activity.text}`);
  await next();
});
bot.onDialog(async (context, next) => {
  await state.saveChanges(context);
  await next();
});

const server = createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  req.body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  res.status = code => { res.statusCode = code; return res; };
  res.header = (name, value) => { res.setHeader(name, value); return res; };
  res.send = body => { res.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body)); return res; };
  await adapter.process(req, res, context => bot.run(context));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
