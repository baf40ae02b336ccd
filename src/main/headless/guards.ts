/**
 * Who is let in. Any page open in any browser of this computer can reach a port on loopback, so every request and every
 * upgrade passes these checks before any work is done for it. Each stops something that the others let through.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Whether a request may go on. `upgrade`: it asks for the WebSocket; `bearer`: it brought the right token in its header. */
export interface Visit {
  readonly port: number;
  readonly upgrade: boolean;
  readonly bearer: boolean;
}
export type Guard = (request: IncomingMessage, visit: Visit) => boolean;

const ours = (port: number) => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];

export const guards = {
  /** Stops rebinding: a name of the attacker's that now leads to this machine still stands in `Host`. */
  host: (request, { port }) => onlyOne(request, 'host') && ours(port).includes(request.headers.host?.toLowerCase() ?? ''),
  /** Stops other pages: a browser names the page that asks. Only a script with the token may leave it out of an upgrade. */
  origin: (request, { port, upgrade, bearer }) => {
    const origin = request.headers.origin;
    if (origin === undefined) return !upgrade || bearer;
    return onlyOne(request, 'origin') && ours(port).some((host) => origin === `http://${host}`);
  },
  /** Stops what needs no `Origin`: pictures, scripts and frames that another site embeds. */
  site: (request) => {
    const site = request.headers['sec-fetch-site'];
    return site === undefined || site === 'same-origin' || site === 'none';
  },
} as const satisfies Record<string, Guard>;

export type GuardName = keyof typeof guards;
export const allGuards: readonly GuardName[] = ['host', 'origin', 'site'];

/** Compares in constant time, whatever was sent. */
export function tokenCheck(token: string): (given: unknown) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const right = digest(token);
  return (given) => typeof given === 'string' && timingSafeEqual(digest(given), right);
}

/** The token of an `Authorization: Bearer` header, which no page can send with an upgrade. */
export function bearerOf(request: IncomingMessage): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]{1,128})$/.exec(request.headers.authorization ?? '')?.[1];
}

/** Two headers of one name would let a proxy and us believe different things. */
function onlyOne(request: IncomingMessage, name: string): boolean {
  return request.rawHeaders.filter((word, at) => at % 2 === 0 && word.toLowerCase() === name).length === 1;
}
