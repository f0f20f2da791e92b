// Microsoft's own judgement of tokens. Reads one JSON object from standard input: {metadata, appId, cases: [{name, authorization, activity}]}
// and prints {name: true|false}: whether the turn would run.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const { ChannelValidation, JwtTokenValidation, SimpleCredentialProvider } = createRequire(import.meta.url)('botframework-connector');
const { metadata, appId, cases } = JSON.parse(readFileSync(0, 'utf8'));
ChannelValidation.OpenIdMetadataEndpoint = metadata;

const ran = {};
for (const { name, authorization, activity } of cases) {
  try {
    const identity = await JwtTokenValidation.authenticateRequest(activity, authorization ?? '', new SimpleCredentialProvider(appId, 'unused'), '');
    ran[name] = identity.isAuthenticated;
  } catch {
    ran[name] = false;
  }
}
process.stdout.write(JSON.stringify(ran), () => process.exit(0));
