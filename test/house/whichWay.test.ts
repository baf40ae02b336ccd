/** `npm start` decides between a window and a browser, and says why. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';

interface Computer {
  readonly platform: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly isRoot: boolean;
  readonly electronFolder: string;
  read(path: string): string | undefined;
  exists(path: string): boolean;
}
let findElectron: (computer: Computer) => { executable?: string; version?: string; missing?: string };
beforeAll(async () => {
  ({ findElectron } = (await import(pathToFileURL(join(import.meta.dirname, '../../scripts/electron.mjs')).href)) as {
    findElectron: typeof findElectron;
  });
});

/** A desktop with the given files and variables. */
function computer(
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = { DISPLAY: ':0' },
  more: Partial<Computer> = {},
): Computer {
  return {
    platform: 'linux',
    environment,
    isRoot: false,
    electronFolder: '/clone/electron',
    read: (path) => files[path],
    exists: (path) => path in files,
    ...more,
  };
}
const downloaded = {
  '/clone/electron/path.txt': 'electron',
  '/clone/electron/dist/electron': '',
  '/clone/electron/dist/version': '45.5.0',
};

test('a downloaded Electron and a display: the window', () => {
  expect(findElectron(computer(downloaded))).toEqual({ executable: '/clone/electron/dist/electron', version: '45.5.0' });
  expect(findElectron(computer(downloaded, { WAYLAND_DISPLAY: 'wayland-0' })).executable).toBeDefined();
});

test('ELECTRON_PATH wins over the downloaded one', () => {
  expect(
    findElectron(
      computer({ ...downloaded, '/opt/e/electron': '', '/opt/e/version': 'v46.0.0' }, { DISPLAY: ':0', ELECTRON_PATH: '/opt/e/electron' }),
    ),
  ).toEqual({ executable: '/opt/e/electron', version: '46.0.0' });
});

test.each([
  ['nothing is downloaded', computer({}), /has not been downloaded yet.*npx install-electron/],
  ['a download that was broken off', computer({ '/clone/electron/path.txt': 'electron' }), /has not been downloaded yet/],
  ['no display', computer(downloaded, {}), /no display here \(neither DISPLAY/],
  ['no display and nothing downloaded', computer({}, {}), /no display here.*npx install-electron/],
  ['a Mac over SSH', computer(downloaded, { SSH_CONNECTION: '1' }, { platform: 'darwin' }), /came over SSH/],
  ['root', computer(downloaded, undefined, { isRoot: true }), /you are root/],
  ['a wrong ELECTRON_PATH', computer(downloaded, { DISPLAY: ':0', ELECTRON_PATH: '/none' }), /nothing at ELECTRON_PATH \(\/none\)/],
  [
    'an old Electron',
    computer({ '/o/electron': '', '/o/version': '25.1.1' }, { DISPLAY: ':0', ELECTRON_PATH: '/o/electron' }),
    /25\.1\.1 .* too old/,
  ],
])('%s: the browser, with the reason', (_says, where, reason) => {
  const { executable, missing } = findElectron(where);
  expect(executable).toBeUndefined();
  expect(missing).toMatch(reason);
});
