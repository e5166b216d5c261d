import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';

/** What the tokens are made of: the key that signs the good ones, and one of those. */
export interface TokenMaterial {
  secretKey: string;
  /** Good, and of a live session. */
  token: string;
  /** Its twin from `POST /auth/refresh`'s side. */
  refreshToken: string;
}

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const sign = (secretKey: string, input: string, hash = 'sha256') =>
  createHmac(hash, secretKey).update(input).digest('base64url');
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** Tokens that are wrong each in one way, most of them signed with the right key. */
export function brokenTokens({ secretKey, token, refreshToken }: TokenMaterial): Record<string, string> {
  const [head = '', body = '', signature = ''] = token.split('.');
  const header: Record<string, unknown> = JSON.parse(Buffer.from(head, 'base64url').toString());
  const claims: Record<string, unknown> = JSON.parse(Buffer.from(body, 'base64url').toString());
  const now = Math.floor(Date.now() / 1000);

  /** Signed with the right key, whatever it says. */
  const signed = (newHeader: unknown, newClaims: unknown = claims, hash = 'sha256') => {
    const input = `${encode(newHeader)}.${encode(newClaims)}`;
    return `${input}.${sign(secretKey, input, hash)}`;
  };
  const withHeader = (change: Record<string, unknown>) => signed({ ...header, ...change });
  const withClaims = (change: Record<string, unknown>) => signed(header, { ...claims, ...change });
  const withoutClaim = (name: string) =>
    signed(header, Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name)));
  const unsigned = (alg: string) => `${encode({ ...header, alg })}.${body}.`;
  const rsaInput = `${encode({ ...header, alg: 'RS256' })}.${body}`;
  const publicInput = `${encode({ ...header, alg: 'HS256' })}.${body}`;
  const text = JSON.stringify(claims);
  /** The last character of 43 carries two bits that mean nothing. */
  const strayBits = signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1);

  return {
    'algorithm none': unsigned('none'),
    'algorithm None': unsigned('None'),
    'algorithm NONE': unsigned('NONE'),
    'algorithm nOnE': unsigned('nOnE'),
    'algorithm none, with the old signature': `${encode({ ...header, alg: 'none' })}.${body}.${signature}`,
    'no algorithm': signed({ typ: 'JWT', kid: header['kid'] }),
    'an empty algorithm': withHeader({ alg: '' }),
    'algorithm hs256': withHeader({ alg: 'hs256' }),
    'algorithm HS512, signed so': signed({ ...header, alg: 'HS512' }, claims, 'sha512'),
    'algorithm HS384, signed so': signed({ ...header, alg: 'HS384' }, claims, 'sha384'),
    'algorithm RS256, signed with a key of its own': `${rsaInput}.${createSign('sha256').update(rsaInput).sign(privateKey, 'base64url')}`,
    'a public key as the shared one': `${publicInput}.${sign(pem, publicInput)}`,
    'a list of algorithms': withHeader({ alg: ['HS256'] }),
    'no kid': signed({ alg: header['alg'], typ: 'JWT' }),
    'an unknown kid': withHeader({ kid: 'unknown' }),
    'an empty kid': withHeader({ kid: '' }),
    'a kid that is a path': withHeader({ kid: '../../../../dev/null' }),
    'a kid that is SQL': withHeader({ kid: "' union select 'key' --" }),
    'a kid that is an address': withHeader({ kid: 'https://evil.example/key' }),
    'a kid that is a number': withHeader({ kid: 1 }),
    'a kid that is a list': withHeader({ kid: [header['kid']] }),
    'a kid of the prototype': withHeader({ kid: '__proto__' }),
    jku: withHeader({ jku: 'https://evil.example/keys' }),
    jwk: withHeader({ jwk: { kty: 'oct', k: encode('key') } }),
    x5u: withHeader({ x5u: 'https://evil.example/cert' }),
    crit: withHeader({ crit: ['exp'] }),
    'b64 false': withHeader({ b64: false, crit: ['b64'] }),
    'another type': withHeader({ typ: 'refresh' }),
    'the refresh token': refreshToken,
    'the refresh token as a signature': `${head}.${body}.${refreshToken}`,
    'another issuer': withClaims({ iss: 'other' }),
    'no issuer': withoutClaim('iss'),
    'another audience': withClaims({ aud: 'other' }),
    'a list of audiences, ours among them': withClaims({ aud: [claims['aud'], 'other'] }),
    'no audience': withoutClaim('aud'),
    'expired a second ago': withClaims({ exp: now - 1, iat: now - 901 }),
    'no expiry': withoutClaim('exp'),
    'an expiry that is text': withClaims({ exp: String(now + 900) }),
    'an expiry beyond numbers': signed(header, text.replace(/"exp":\d+/, '"exp":1e999')),
    'not good yet': withClaims({ nbf: now + 600 }),
    'no subject': withoutClaim('sub'),
    'a subject that is no id': withClaims({ sub: 'root' }),
    'a subject of somebody else': withClaims({ sub: '01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e11' }),
    'no session': withoutClaim('sid'),
    'a session of nobody': withClaims({ sid: '01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e11' }),
    'the subject twice': signed(header, text.replace('{', `{"sub":"01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e11",`)),
    'the expiry twice': signed(header, text.replace('{', '{"exp":1,')),
    'the algorithm twice': signed(JSON.stringify(header).replace('{', '{"alg":"none",')),
    'claims with blanks': signed(header, JSON.stringify(claims, null, 1)),
    'claims that are a list': signed(header, [claims]),
    'claims that are no JSON': signed(header, 'claims'),
    'claims that are null': signed(header, 'null'),
    'another key': `${head}.${body}.${sign('another key that is long enough to be one', `${head}.${body}`)}`,
    'an empty key': `${head}.${body}.${sign('', `${head}.${body}`)}`,
    'changed claims': `${head}.${encode({ ...claims, role: 'admin' })}.${signature}`,
    'no signature': `${head}.${body}.`,
    'half a signature': `${head}.${body}.${signature.slice(0, 22)}`,
    padding: `${token}=`,
    'padding in the header': `${head}=.${body}.${signature}`,
    'stray bits in the signature': `${head}.${body}.${strayBits}`,
    'base64 instead of base64url': `${head}.${body}.${Buffer.from(signature, 'base64url').toString('base64')}`,
    'a line end': `${head}.${body}.${signature.slice(0, 20)}%0A${signature.slice(20)}`,
    'two parts': `${head}.${body}`,
    'four parts': `${token}.${signature}`,
    'five parts, as an encrypted one has': `${token}.${signature}.${signature}`,
    'empty parts': '..',
    '8 KB': withClaims({ padding: 'x'.repeat(6_000) }),
    '64 KB of one letter': 'x'.repeat(65_536),
    'a thousand dots': '.'.repeat(1_000),
  };
}
