/**
 * Looks for Electron's program without asking the package, whose own entry would start a download.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './bootstrap.mjs';

const OLDEST = 30; // ES modules as main and `import.meta.dirname`
const OFFER = 'For a window of its own run `npx install-electron` once (it downloads about 110 MB), then `npm start` again';

/** This computer, as far as the choice depends on it. */
export const here = {
  platform: process.platform,
  environment: process.env,
  isRoot: process.platform !== 'win32' && process.getuid() === 0,
  electronFolder: join(root, 'node_modules/electron'),
  /** Content of a file, or undefined. */
  read: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
  exists: existsSync,
};

/** Whether windows can be shown. */
export function hasDisplay({ platform, environment } = here) {
  if (platform !== 'linux') return environment.SSH_CONNECTION === undefined;
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/**
 * @returns `executable` and `version`, or `missing`: the reason as the end of a sentence that begins with "because",
 *          with what to do about it
 */
export function findElectron(computer = here) {
  const { environment, platform, isRoot, exists } = computer;
  const executable = environment.ELECTRON_PATH || installed(computer);
  if (!hasDisplay(computer)) {
    const none = platform === 'linux' ? 'neither DISPLAY nor WAYLAND_DISPLAY is set' : 'you came over SSH';
    return { missing: `there is no display here (${none})${executable ? '' : `. ${OFFER} on a desktop`}` };
  }
  if (executable === undefined) return { missing: `Electron's own program has not been downloaded yet. ${OFFER}` };
  if (!exists(executable)) return { missing: `there is nothing at ELECTRON_PATH (${executable})` };
  if (platform === 'linux' && isRoot)
    return { missing: "you are root, and Electron's sandbox, which is never switched off here, does not run as root" };
  const version = versionOf(executable, computer);
  if (version !== undefined && Number.parseInt(version) < OLDEST)
    return { missing: `Electron ${version} at ${executable} is too old (${OLDEST} or newer is needed)` };
  return { executable, version: version ?? 'of ELECTRON_PATH' };
}

function installed({ electronFolder, read, exists }) {
  const name = read(join(electronFolder, 'path.txt'));
  if (name === undefined) return undefined;
  const executable = join(electronFolder, 'dist', name.trim());
  return exists(executable) ? executable : undefined;
}

/** Every Electron has a file `version` beside its program (on macOS above the bundle). */
function versionOf(executable, { read }) {
  const beside = read(join(dirname(executable), 'version')) ?? read(join(dirname(executable), '../../..', 'version'));
  return beside?.trim().replace(/^v/, '');
}
