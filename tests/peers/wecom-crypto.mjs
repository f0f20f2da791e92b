// The published envelope of WeCom's callbacks. Reads one JSON object from standard input:
// {token, encodingAESKey, id, sealed: [base64], plain: [text], timestamp, nonce}
// and prints {opened: [{message, id}], sealed: [base64], signatures: [hex of each of the given sealed]}.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const { decrypt, encrypt, getSignature } = createRequire(import.meta.url)('@wecom/crypto');
const { token, encodingAESKey, id, sealed, plain, timestamp, nonce } = JSON.parse(readFileSync(0, 'utf8'));

process.stdout.write(JSON.stringify({
  opened: sealed.map(text => {
    const { message, id: trailer } = decrypt(encodingAESKey, text);
    return { message, id: trailer };
  }),
  sealed: plain.map(text => encrypt(encodingAESKey, text, id)),
  signatures: sealed.map(text => getSignature(token, timestamp, nonce, text)),
}));
