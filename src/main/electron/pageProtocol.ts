import { protocol } from 'electron';
import { pageFolder, pageHeaders, readPageFile } from '../page/pageFiles';

/** The page's only address. */
export const PAGE_URL = 'app://upright/index.html';

/** Whether an address belongs to our page; decided on the parsed address, never on its beginning. */
export function isOurs(address: string): boolean {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  return url.protocol === 'app:' && url.host === 'upright';
}

/** Makes `app:` an origin of its own with the rights of a secure page, and none beyond; before the app is ready. */
export function setUpPageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** Answers `app://upright` with the files of the built page and nothing else. */
export function setUpPageProtocol(folder = pageFolder()): void {
  protocol.handle('app', async ({ url, method }) => {
    const file = method === 'GET' && isOurs(url) ? await readPageFile(folder, new URL(url).pathname) : undefined;
    if (file === undefined)
      return new Response('Not Found\n', { status: 404, headers: { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' } });
    return new Response(Uint8Array.from(file.body), { headers: { ...pageHeaders("'self'"), 'content-type': file.kind } });
  });
}
