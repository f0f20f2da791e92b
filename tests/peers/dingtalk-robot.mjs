// The published sender of DingTalk's group robots. usage: node dingtalk-robot.mjs WEBHOOK SECRET TEXT... ; prints the answers, one JSON array.
import { createRequire } from 'node:module';

const ChatBot = createRequire(import.meta.url)('dingtalk-robot-sender');
const [webhook, secret, ...texts] = process.argv.slice(2);
const robot = new ChatBot({ webhook, secret });

const answers = [];
for (const text of texts)
  answers.push((await robot.markdown('业主登记', text)).data);
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
