/**
 * `npm run tensorflow`: builds the native tensor library, on machines that want it. @tensorflow/tfjs-node brings neither
 * TensorFlow nor its own binding where its download is refused; TensorFlow is taken from a Python wheel instead (or from
 * TENSORFLOW, the folder of an installed one), and the binding is built from its source. Linux x64; g++, make, python3 with pip.
 * Everything else works without it; the program says which backend it chose and why.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { NotPrepared, prepare, root } from './bootstrap.mjs';

const say = (text) => process.stderr.write(`tensorflow: ${text}\n`);
const cache = join(root, '.cache/tensorflow');
const node = join(root, 'node_modules/@tensorflow/tfjs-node');

try {
  await prepare();
  refuseOtherSystems();
  const library = process.env.TENSORFLOW ? resolve(process.env.TENSORFLOW) : bringLibrary();
  link(library);
  buildBinding();
  prove();
} catch (error) {
  if (!(error instanceof NotPrepared)) throw error;
  say(`${error.message}\n${error.remedy}`);
  process.exit(1);
}

function refuseOtherSystems() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new NotPrepared('This was found to work on Linux x64 only.', 'The WebAssembly backend serves here.');
  if (!existsSync(node))
    throw new NotPrepared(
      '@tensorflow/tfjs-node is not in node_modules.',
      'Run `npm ci` in the clone: its .npmrc keeps that package without its download.',
    );
  const lacking = ['g++', 'make', 'python3'].filter((name) => spawnSync('which', [name]).status !== 0);
  if (lacking.length > 0)
    throw new NotPrepared(`Missing: ${lacking.join(', ')}.`, 'On Debian and Ubuntu: apt-get install g++ make python3 python3-pip');
}

/** The wheel holds library and headers of 850 MB; the download is about 260 MB, once. */
function bringLibrary() {
  const library = join(cache, 'wheel/tensorflow');
  if (existsSync(join(library, 'libtensorflow_cc.so.2'))) return library;
  say('bringing TensorFlow inside the Python wheel tensorflow-cpu (about 260 MB, 850 MB on disk) …');
  mkdirSync(cache, { recursive: true });
  run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--disable-pip-version-check', '--dest', cache, 'tensorflow-cpu']);
  const wheel = readdirSync(cache).find((name) => name.endsWith('.whl'));
  run('python3', ['-m', 'zipfile', '-e', join(cache, wheel), join(cache, 'wheel')]);
  rmSync(join(cache, wheel));
  return library;
}

/** Puts the library where the binding's build looks for it. */
function link(library) {
  const names = { 'libtensorflow_cc.so.2': 'libtensorflow.so', 'libtensorflow_framework.so.2': 'libtensorflow_framework.so' };
  const deps = join(node, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, 'lib'), { recursive: true });
  symlinkSync(join(library, 'include'), join(deps, 'include'));
  for (const [file, name] of Object.entries(names)) {
    if (!existsSync(join(library, file)))
      throw new NotPrepared(
        `${library} holds no ${file}.`,
        'Set TENSORFLOW to the folder `tensorflow` of an installed Python TensorFlow 2.',
      );
    symlinkSync(join(library, file), join(deps, 'lib', file));
    symlinkSync(file, join(deps, 'lib', name));
  }
}

/** Node-API 8: one file for every Node that we support. Headers beside the node program keep the build off the network. */
function buildBinding() {
  say('building the binding (about 20 s) …');
  const npm = process.env.npm_execpath ? dirname(dirname(process.env.npm_execpath)) : join(run('npm', ['root', '-g']).trim(), 'npm');
  const headers = dirname(dirname(process.execPath));
  const local = existsSync(join(headers, 'include/node/node_api.h')) ? [`--nodedir=${headers}`] : [];
  const args = ['rebuild', '--module_name=tfjs_binding', `--module_path=${join(node, 'lib/napi-v8')}`, '--napi_build_version=8', ...local];
  run(process.execPath, [join(npm, 'node_modules/node-gyp/bin/node-gyp.js'), ...args], node);
}

/** Fits a network through the program itself, which must say that it chose the native backend. */
function prove() {
  const rows = Array.from({ length: 300 }, (_, i) => `${i * 0.02},${Math.sin(i / 15)},${Math.cos(i / 15) * 3.3},${Math.sin(i / 7)}`);
  const table = `time,angle,rate,torque\n${rows.join('\n')}\n`;
  const file = join(cache, 'proof.csv');
  mkdirSync(cache, { recursive: true });
  writeFileSync(file, table);
  const args = [
    '--map',
    'time=time:s,angle=angle:rad,rate=rate:rad/s,torque=action:Nm',
    '--plant',
    'pendulum',
    '--model',
    'ensemble',
    '--epochs',
    '5',
  ];
  const { backend, wallSeconds } = JSON.parse(
    run(process.execPath, [join(root, 'scripts/upright.mjs'), 'fit', file, ...args, '--backend', 'native', '--json']),
  );
  if (backend?.name !== 'native')
    throw new NotPrepared(
      `The program chose ${JSON.stringify(backend)}.`,
      'The library was built but does not load; the reason above tells why.',
    );
  say(`the native backend ${backend.version} trains: an ensemble in ${wallSeconds} s`);
}

function run(command, args, cwd = root) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status === 0) return stdout;
  const lines = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trimEnd().split('\n').slice(-30).join('\n');
  throw new NotPrepared(
    `${command} ${args.slice(0, 3).join(' ')} failed:\n${lines}`,
    'The lines above say why. Everything else works without the native library.',
  );
}
