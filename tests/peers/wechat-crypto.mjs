// The published envelope of WeChat's callbacks. Reads one JSON object from standard input:
// {token, encodingAESKey, id, sealed: [base64], plain: [text], timestamp, nonce}
// and prints {opened: [{message, id}], sealed: [base64], signatures: [hex of each of the given sealed]}.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const WXBizMsgCrypt = createRequire(import.meta.url)('wechat-crypto');
const { token, encodingAESKey, id, sealed, plain, timestamp, nonce } = JSON.parse(readFileSync(0, 'utf8'));
const crypto = new WXBizMsgCrypt(token, encodingAESKey, id);

process.stdout.write(JSON.stringify({
  opened: sealed.map(text => crypto.decrypt(text)),
  sealed: plain.map(text => crypto.encrypt(text)),
  signatures: sealed.map(text => crypto.getSignature(timestamp, nonce, text)),
}));
