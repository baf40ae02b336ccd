/**
 * The page's files and the headers they travel with: one home for both doors, `app://upright` in Electron and loopback
 * HTTP. Page files hold no secret.
 */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const kinds: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Folder of the built page beside the built program. */
export const pageFolder = (): string => join(import.meta.dirname, '../renderer');

/**
 * Each segment begins with a letter, digit or underscore: no `..`, no hidden files, no percent signs, no backslashes, no NUL.
 * The build makes no other names, so nothing is decoded and nothing can be meant twice.
 */
const plainPath = /^(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/;

/**
 * One file of the page.
 * @param path  the path of the address as it was sent, undecoded; `/` is the page itself
 * @returns     undefined for everything that is not a file of the page
 */
export async function readPageFile(
  folder: string,
  path: string,
): Promise<{ readonly body: Uint8Array; readonly kind: string } | undefined> {
  const name = path === '/' ? '/index.html' : path;
  const kind = kinds[extname(name)];
  if (kind === undefined || !plainPath.test(name)) return undefined;
  try {
    return { body: new Uint8Array(await readFile(join(folder, name))), kind };
  } catch {
    return undefined;
  }
}

/**
 * Headers of every answer to a page.
 * @param connect  what the page may connect to, in words of the policy: `'self'`, and for HTTP its own WebSocket
 */
export function pageHeaders(connect: string): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      `connect-src ${connect}`,
      "worker-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types svelte-trusted-html',
    ].join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
}
