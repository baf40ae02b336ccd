/**
 * `npm run bench:peers`: brings the libraries of others that the bench can be measured beside, then runs `upright bench
 * --peers` with the words that it was given. Everything goes into the folder `peers` of the user data folder, so the clone
 * and its `npm ci` know nothing of it: a Python environment (PYTHON chooses the interpreter, python3 otherwise) with numpy,
 * PyTorch, JAX, pytorch_mppi and mbrl-lib, and onnxruntime-node without its install script. On Linux x64 that is about 6.5 GB,
 * because PyTorch comes with the libraries of graphics cards there; who has an index with builds for processors alone names it
 * by pip's own settings. What cannot be brought is said, and is absent from the table. Delete the folder to be rid of it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { root } from './bootstrap.mjs';

const words = process.argv.slice(2);
const say = (text) => process.stderr.write(`peers: ${text}\n`);
const folder = join(userDataFolder(), 'peers');
const windows = process.platform === 'win32';
const python = join(folder, 'python', windows ? 'Scripts/python.exe' : 'bin/python');

mkdirSync(folder, { recursive: true });
if (bringPython()) {
  bringWheels('requirements.txt', [], 'numpy, PyTorch, JAX and pytorch_mppi (a download of up to 3 GB, once)');
  bringWheels('requirements-mbrl.txt', ['--no-deps'], 'mbrl-lib');
}
bringOnnx();

process.argv = [process.argv[0], join(root, 'scripts/upright.mjs'), 'bench', '--peers', ...words];
await import('./upright.mjs');

/** As `src/main/storage/userData.ts` has it. */
function userDataFolder() {
  const at = words.findIndex((word) => word === '--home' || word.startsWith('--home='));
  const given = at < 0 ? process.env.UPRIGHT_HOME : words[at] === '--home' ? words[at + 1] : words[at].slice('--home='.length);
  if (given) return resolve(given);
  if (process.platform === 'win32') return join(process.env.APPDATA ?? join(homedir(), 'AppData/Roaming'), 'upright');
  if (process.platform === 'darwin') return join(homedir(), 'Library/Application Support/upright');
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'upright');
}

/** A Python environment of its own. @returns whether there is one */
function bringPython() {
  if (existsSync(python)) return true;
  const interpreter = process.env.PYTHON || (windows ? 'python' : 'python3');
  say(`making a Python environment in ${join(folder, 'python')} …`);
  const failed = run(interpreter, ['-m', 'venv', join(folder, 'python')]);
  if (failed === undefined) return true;
  rmSync(join(folder, 'python'), { recursive: true, force: true });
  say(
    `no Python environment could be made, so the libraries in Python are absent:\n${failed}\nInstall Python 3.11 or newer with ` +
      'its venv module (Debian and Ubuntu: apt-get install python3-venv), or set PYTHON to an interpreter that has it.',
  );
  return false;
}

function bringWheels(list, options, what) {
  const file = join(root, 'resources/peers', list);
  const stamp = join(folder, `${list}.brought`);
  const wanted = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say(`bringing ${what} …`);
  const failed = run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-cache-dir', ...options, '-r', file]);
  if (failed === undefined) writeFileSync(stamp, wanted);
  else say(`not brought, and absent from the table:\n${failed}`);
}

/** Its own install script would download more; the program is in the package. */
function bringOnnx() {
  const own = join(folder, 'node');
  if (existsSync(join(own, 'node_modules/onnxruntime-node'))) return;
  say('bringing onnxruntime-node (290 MB on disk) …');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'package.json'), '{ "private": true }\n');
  const failed = run(windows ? 'npm.cmd' : 'npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', 'onnxruntime-node'], own);
  if (failed !== undefined) say(`not brought, and absent from the table:\n${failed}`);
}

/** @returns the last lines that it said when it failed */
function run(command, args, cwd = folder) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: windows && command.endsWith('.cmd'),
  });
  if (status === 0) return undefined;
  return `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trimEnd().split('\n').slice(-12).join('\n');
}
