/**
 * Looks for Electron's program without asking the package, whose own entry would start a download.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './bootstrap.mjs';

const OLDEST = 30; // ES modules as main and `import.meta.dirname`

/** Whether windows can be shown here. */
export function hasDisplay() {
  if (process.platform !== 'linux') return process.env.SSH_CONNECTION === undefined;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * @returns `executable` and `version`, or `missing`: the reason as the end of a sentence that begins with "because",
 *          with what to do about it
 */
export function findElectron() {
  if (!hasDisplay()) return { missing: 'there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)' };
  const executable = process.env.ELECTRON_PATH || installed();
  if (executable === undefined) {
    return {
      missing:
        "Electron's own program has not been downloaded yet. For a window of its own run `npx install-electron` once (about 110 MB), then `npm start` again",
    };
  }
  if (!existsSync(executable)) return { missing: `there is nothing at ELECTRON_PATH (${executable})` };
  if (process.platform === 'linux' && process.getuid() === 0) {
    return { missing: "you are root, and Electron's sandbox, which is never switched off here, does not run as root" };
  }
  const version = versionOf(executable);
  if (version !== undefined && Number.parseInt(version) < OLDEST) return { missing: `Electron ${version} at ${executable} is too old (${OLDEST} or newer is needed)` };
  return { executable, version: version ?? 'of ELECTRON_PATH' };
}

function installed() {
  const folder = join(root, 'node_modules/electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const executable = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(executable) ? executable : undefined;
}

/** Every Electron has a file `version` beside its program (on macOS above the bundle). */
function versionOf(executable) {
  for (const folder of [dirname(executable), join(dirname(executable), '../../..')]) {
    const file = join(folder, 'version');
    if (existsSync(file)) return readFileSync(file, 'utf8').trim().replace(/^v/, '');
  }
  return undefined;
}
