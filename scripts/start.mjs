/**
 * `npm start`: the workbench in an Electron window where there is a display and Electron's program, else in a browser on
 * loopback; says in words which way and why.   npm start -- [--window | --browser] [flags of `upright serve`]
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { NotPrepared, prepare, root } from './bootstrap.mjs';
import { findElectron, hasDisplay } from './electron.mjs';

const words = process.argv.slice(2);
const wanted = words.find((word) => word === '--window' || word === '--browser');
const rest = words.filter((word) => word !== wanted);
const say = (text) => process.stderr.write(`${text}\n`);

try {
  await prepare();
} catch (error) {
  if (!(error instanceof NotPrepared)) throw error;
  say(`${error.message}\n${error.remedy}`);
  process.exit(1);
}

const { executable, version, missing } = wanted === '--browser' ? { missing: 'you asked for the browser' } : findElectron();
if (executable === undefined) {
  await inBrowser(missing);
} else {
  refuseUnknownFlags();
  say(`Opening the workbench in a window of its own (Electron ${version}).`);
  const ended = await inWindow(executable);
  if (ended !== undefined) await inBrowser(`Electron ended at once (${ended})`);
}

/** Electron would let any word pass in silence. */
function refuseUnknownFlags() {
  try {
    parseArgs({ args: rest, options: { home: { type: 'string' }, setup: { type: 'string' } }, strict: true });
  } catch (error) {
    say(`${error.message}\nA window takes --home DIR and --setup NAME|FILE; with --browser the flags are those of \`upright serve\`.`);
    process.exit(2);
  }
}

/** Runs the window to its end and leaves with its exit code; gives the way it ended when no window can have been seen. */
function inWindow(path) {
  const started = Date.now();
  const child = spawn(path, [root, ...rest], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((done) => {
    child.on('error', (error) => done(error.message));
    child.on('exit', (code, signal) => {
      const failed = signal !== null || code !== 0;
      if (failed && Date.now() - started < 4000 && !child.killed) done(signal ?? `exit ${code}`);
      else process.exit(code ?? 1);
    });
  });
}

async function inBrowser(reason) {
  const open = hasDisplay() ? '--open' : '--no-open';
  say(`Opening the workbench in ${hasDisplay() ? 'your' : 'a'} browser, because ${reason}.`);
  process.argv = [
    process.argv[0],
    join(root, 'out/main/cli.js'),
    'serve',
    ...(rest.some((word) => /^--(no-)?open$/.test(word)) ? [] : [open]),
    ...rest,
  ];
  await import(pathToFileURL(process.argv[1]).href);
}
