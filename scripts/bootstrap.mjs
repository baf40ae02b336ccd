/**
 * Makes a clone runnable: packages installed, program built. Every command of package.json begins here, because npm runs no
 * pre-scripts with `ignore-scripts`. Says what it does on stderr, does nothing when nothing changed (about 50 ms), and is safe
 * when two commands start at once. An installed package (no sources beside it) needs none of this and is left alone.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildKernels } from './kernels.mjs';
import { withLock } from './lock.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (text) => process.stderr.write(`upright: ${text}\n`);

/** What a clone lacks and could not be given: a sentence for people, with what to do. */
export class NotPrepared extends Error {
  constructor(message, remedy) {
    super(message);
    this.remedy = remedy;
  }
}

/**
 * Installs and builds what is missing or stale.
 * @param options.build  false for commands that need the packages only
 * @throws NotPrepared when this Node is too old, or npm or the build fails
 */
export async function prepare({ build = true } = {}) {
  refuseOldNode();
  if (!existsSync(join(root, 'src')) || !existsSync(join(root, 'package-lock.json'))) return;
  const stale = () => !packagesAreCurrent() || (build && !buildIsCurrent());
  if (!stale()) return;
  await withLock(join(root, '.cache', 'prepare.lock'), say, async () => {
    if (!packagesAreCurrent()) await installPackages();
    if (build && !buildIsCurrent()) await buildProgram();
  });
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const good = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (good) return;
  throw new NotPrepared(
    `Node 20.19 or newer is needed (and of the 22 line 22.12 or newer); this is Node ${process.versions.node}.`,
    'Install a current Node from https://nodejs.org and run the command again.',
  );
}

// ── packages ──

const installStamp = join(root, 'node_modules', '.upright-installed');
const lockHash = () => hashOf(readFileSync(join(root, 'package-lock.json')));

function packagesAreCurrent() {
  if (readText(installStamp) === lockHash()) return true;
  if (!installedByHand()) return false;
  writeFileSync(installStamp, lockHash());
  return true;
}

/** Whether npm's own record of node_modules holds every package of the lock file, as after `npm install` by hand. */
function installedByHand() {
  const record = readText(join(root, 'node_modules', '.package-lock.json'));
  if (record === undefined) return false;
  const installed = JSON.parse(record).packages;
  const wanted = JSON.parse(readText(join(root, 'package-lock.json'))).packages;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => {
    if (path === '') return true;
    const mayBeAbsent = Boolean(optional || devOptional || peer); // other systems' binaries, refused downloads
    return installed[path] === undefined ? mayBeAbsent : installed[path].version === version;
  });
}

async function installPackages() {
  say(
    existsSync(installStamp)
      ? 'the package list has changed; installing (npm ci) …'
      : 'installing packages, once (npm ci, about a minute) …',
  );
  const started = Date.now();
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, full, shell] = npm ? [process.execPath, [npm, ...args], false] : ['npm', args, process.platform === 'win32'];
  const { code, text } = await run(command, full, { shell });
  if (code !== 0) {
    throw new NotPrepared(
      `npm ci failed (exit ${code}):\n${tail(text)}`,
      'Look at the lines above: usually the package registry could not be reached, or the disk is full.',
    );
  }
  writeFileSync(installStamp, lockHash());
  say(`packages installed in ${seconds(started)} s`);
}

// ── build ──

const out = join(root, 'out');
const buildStamp = join(out, 'build.json');

function buildIsCurrent() {
  const stamp = readText(buildStamp);
  return stamp !== undefined && JSON.parse(stamp).sources === sourcesHash();
}

const KERNEL_SCRIPTS = ['scripts/kernels.mjs', ...walk('scripts/kernels')];

/** Hash over the content of everything that the build reads. */
export function sourcesHash() {
  const files = ['electron.vite.config.ts', 'tsconfig.base.json', 'package.json', 'package-lock.json', ...KERNEL_SCRIPTS, ...walk('src')];
  const all = createHash('sha256');
  for (const file of files.sort())
    all
      .update(file)
      .update('\0')
      .update(hashOf(readFileSync(join(root, file))))
      .update('\n');
  return all.digest('hex');
}

function* walk(folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

/** Builds beside `out` and changes the two folders in one step, so that nobody ever starts half a program. */
async function buildProgram() {
  say(existsSync(buildStamp) ? 'the sources have changed; building …' : 'building, once …');
  const started = Date.now();
  const sources = sourcesHash(); // before the build: a file saved meanwhile makes the next command build again
  const fresh = join(root, '.cache', `build-${process.pid}`);
  const old = join(root, '.cache', `old-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  const { code, text } = await run(process.execPath, [
    join(root, 'node_modules/electron-vite/bin/electron-vite.js'),
    'build',
    '--outDir',
    fresh,
  ]);
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new NotPrepared(
      `The build failed (exit ${code}):\n${tail(text)}`,
      'Correct what the lines above name, or go back to a state of the sources that builds.',
    );
  }
  try {
    await buildKernels(root, join(fresh, 'kernels'));
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw new NotPrepared(error.message, 'Correct what the lines above name, or go back to a state of the sources that builds.');
  }
  writeFileSync(join(fresh, 'build.json'), `${JSON.stringify({ sources })}\n`);
  if (existsSync(out)) renameSync(out, old);
  renameSync(fresh, out);
  rmSync(old, { recursive: true, force: true });
  say(`built ${relative(root, out)}/ in ${seconds(started)} s`);
}

// ── small parts ──

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');
const seconds = (since) => ((Date.now() - since) / 1000).toFixed(1);
const tail = (text) => text.trimEnd().split('\n').slice(-40).join('\n');

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Runs a program to its end; its output is kept, not shown, because stdout may belong to a document. */
function run(command, args, { shell = false } = {}) {
  const env = { ...process.env };
  delete env.npm_config_loglevel; // `npm run --silent` would silence the errors of npm ci as well
  delete env.ELECTRON_MAJOR_VER; // the product is built for the Electron it declares
  delete env.FORCE_COLOR;
  env.NO_COLOR = '1';
  delete env.NODE_ENV; // "production" would leave the build tools out
  return new Promise((done) => {
    let text = '';
    const child = spawn(command, args, { cwd: root, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (data) => (text += data));
    child.stderr.on('data', (data) => (text += data));
    child.on('error', (error) => done({ code: -1, text: `${text}${error.message}` }));
    child.on('close', (code, signal) => done({ code: code ?? signal, text }));
  });
}
