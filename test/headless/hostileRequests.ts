/** Requests that no page of ours and no script of a user would send, as bytes. None may get a page, an upgrade or a word about us. */
export interface Hostile {
  readonly says: string;
  readonly bytes: (port: number, token: string) => string;
}

const get = (path: string, ...headers: string[]) =>
  `GET ${path} HTTP/1.1\r\n${headers.map((h) => `${h}\r\n`).join('')}Connection: close\r\n\r\n`;
const upgrade = (path: string, ...headers: string[]) =>
  `GET ${path} HTTP/1.1\r\n${headers.map((h) => `${h}\r\n`).join('')}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
const host = (port: number) => `Host: 127.0.0.1:${port}`;
const origin = (port: number) => `Origin: http://127.0.0.1:${port}`;

/** Stopped by the guards: the answer is 403 or the connection is dropped. */
export const refused: readonly Hostile[] = [
  { says: 'a rebound name in Host', bytes: (p) => get('/', `Host: evil.test:${p}`) },
  { says: 'a name that begins like ours', bytes: (p) => get('/', `Host: 127.0.0.1.evil.test:${p}`) },
  { says: 'localhost as a subdomain', bytes: (p) => get('/', `Host: localhost.evil.test:${p}`) },
  { says: 'our name at another port', bytes: () => get('/', 'Host: 127.0.0.1:80') },
  { says: 'our name without its port', bytes: () => get('/', 'Host: 127.0.0.1') },
  { says: 'a user name before ours', bytes: (p) => get('/', `Host: evil@127.0.0.1:${p}`) },
  { says: 'another loopback address', bytes: (p) => get('/', `Host: 127.0.0.2:${p}`) },
  { says: 'a trailing dot', bytes: (p) => get('/', `Host: localhost.:${p}`) },
  { says: 'an empty Host', bytes: () => get('/', 'Host: ') },
  { says: 'no Host at all', bytes: () => get('/') },
  { says: 'two Hosts, ours first', bytes: (p) => get('/', host(p), `Host: evil.test:${p}`) },
  { says: 'two Hosts, ours last', bytes: (p) => get('/', `Host: evil.test:${p}`, host(p)) },
  { says: 'HTTP 1.0 without Host', bytes: () => 'GET / HTTP/1.0\r\n\r\n' },
  { says: 'an address of another host in the request line', bytes: (p) => get('http://evil.test/', `Host: evil.test:${p}`) },
  { says: 'another origin', bytes: (p) => get('/', host(p), 'Origin: http://evil.test') },
  { says: 'the origin null', bytes: (p) => get('/', host(p), 'Origin: null') },
  { says: 'another port of this computer as origin', bytes: (p) => get('/', host(p), 'Origin: http://127.0.0.1:9999') },
  { says: 'our origin with https', bytes: (p) => get('/', host(p), `Origin: https://127.0.0.1:${p}`) },
  { says: 'our origin as a prefix', bytes: (p) => get('/', host(p), `Origin: http://127.0.0.1:${p}.evil.test`) },
  { says: 'two origins', bytes: (p) => get('/', host(p), origin(p), 'Origin: http://evil.test') },
  { says: 'a page of another site', bytes: (p) => get('/', host(p), 'Sec-Fetch-Site: cross-site') },
  { says: 'a page of the same site at another port', bytes: (p) => get('/', host(p), 'Sec-Fetch-Site: same-site') },
  { says: 'two words about the site', bytes: (p) => get('/', host(p), 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site') },
  { says: 'an upgrade from another origin', bytes: (p) => upgrade('/socket', host(p), 'Origin: http://evil.test') },
  { says: 'an upgrade from the origin null', bytes: (p) => upgrade('/socket', host(p), 'Origin: null') },
  { says: 'an upgrade without origin', bytes: (p) => upgrade('/socket', host(p)) },
  {
    says: 'an upgrade without origin and with a wrong Bearer',
    bytes: (p) => upgrade('/socket', host(p), 'Authorization: Bearer deadbeef'),
  },
  {
    says: 'an upgrade with the right Bearer but from another origin',
    bytes: (p, t) => upgrade('/socket', host(p), 'Origin: http://evil.test', `Authorization: Bearer ${t}`),
  },
  {
    says: 'an upgrade with the right Bearer under a rebound name',
    bytes: (p, t) => upgrade('/socket', `Host: evil.test:${p}`, `Authorization: Bearer ${t}`),
  },
  { says: 'an upgrade with the token in a cookie', bytes: (p, t) => upgrade('/socket', host(p), `Cookie: upright=${t}`) },
  { says: 'an upgrade with the token in the address', bytes: (p, t) => upgrade(`/socket?token=${t}`, host(p), origin(p)) },
  { says: 'an upgrade at another path', bytes: (p) => upgrade('/', host(p), origin(p)) },
  { says: 'an upgrade at a path that only looks the same', bytes: (p) => upgrade('//socket', host(p), origin(p)) },
  {
    says: 'an upgrade with a Basic password',
    bytes: (p, t) => upgrade('/socket', host(p), `Authorization: Basic ${Buffer.from(`x:${t}`).toString('base64')}`),
  },
];

/** Let through by the guards (they are well-formed and name us) but asking for what is not there. */
export const notThere: readonly Hostile[] = [
  { says: 'a path upwards', bytes: (p) => get('/../package.json', host(p)) },
  { says: 'a path upwards, encoded', bytes: (p) => get('/%2e%2e/package.json', host(p)) },
  { says: 'a path upwards, encoded twice', bytes: (p) => get('/%252e%252e/package.json', host(p)) },
  { says: 'a path upwards with backslashes', bytes: (p) => get('/..\\..\\package.json', host(p)) },
  { says: 'a NUL in the path', bytes: (p) => get('/index.html%00.js', host(p)) },
  { says: 'a hidden file', bytes: (p) => get('/.git/config', host(p)) },
  { says: 'an absolute path', bytes: (p) => get('//etc/passwd', host(p)) },
  { says: 'an address in the request line', bytes: (p) => get('http://evil.test/index.html', host(p)) },
  { says: 'a POST', bytes: (p) => `POST / HTTP/1.1\r\n${host(p)}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}` },
  { says: 'a DELETE', bytes: (p) => `DELETE /index.html HTTP/1.1\r\n${host(p)}\r\nConnection: close\r\n\r\n` },
  {
    says: 'an OPTIONS before a cross-origin call',
    bytes: (p) => `OPTIONS / HTTP/1.1\r\n${host(p)}\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n`,
  },
  { says: 'CONNECT', bytes: (p) => `CONNECT evil.test:443 HTTP/1.1\r\n${host(p)}\r\n\r\n` },
  { says: 'TRACE', bytes: (p) => `TRACE / HTTP/1.1\r\n${host(p)}\r\nConnection: close\r\n\r\n` },
  { says: 'an upgrade to something else', bytes: (p) => `GET / HTTP/1.1\r\n${host(p)}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n` },
  { says: 'a header of 20 kB', bytes: (p) => get('/index.html', host(p), `X: ${'a'.repeat(20_000)}`) },
  {
    says: 'two lengths',
    bytes: (p) => `POST / HTTP/1.1\r\n${host(p)}\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n`,
  },
  { says: 'a line feed in a header', bytes: (p) => `GET /index.html HTTP/1.1\r\n${host(p)}\r\nX: a\nHost: evil\r\n\r\n` },
  { says: 'no HTTP', bytes: () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' },
];
