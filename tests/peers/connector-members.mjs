// Microsoft's Connector client reads the members of a conversation: {all: [id], pages: [[id]]}, the pages of SIZE members.
// usage: node connector-members.mjs SERVICE_URL TOKEN CONVERSATION SIZE
import { createRequire } from 'node:module';

const { ConnectorClient } = createRequire(import.meta.url)('botframework-connector');
const [serviceUrl, token, conversation, size] = process.argv.slice(2);
const credentials = { signRequest: async request => { request.headers.set('authorization', `Bearer ${token}`); return request; } };
const { conversations } = new ConnectorClient(credentials, { baseUri: serviceUrl.replace(/\/$/, '') });
const ids = members => members.map(member => member.id);

const all = ids(await conversations.getConversationMembers(conversation));
const pages = [];
for (let continuationToken; pages.length === 0 || continuationToken;) {
  const page = await conversations.getConversationPagedMembers(conversation, { pageSize: Number(size), continuationToken });
  pages.push(ids(page.members));
  continuationToken = page.continuationToken;
}
process.stdout.write(JSON.stringify({ all, pages }), () => process.exit(0));
