/**
 * A clone makes itself runnable. Tried on a small clone of its own, with the real scripts and stand-ins for npm, the build
 * and the compiler of the kernels that only leave their traces.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';

let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'upright-clone-'));
  const write = (path: string, text: string) => {
    mkdirSync(join(clone, path, '..'), { recursive: true });
    writeFileSync(join(clone, path), text);
  };
  cpSync(join(import.meta.dirname, '../../scripts'), join(clone, 'scripts'), { recursive: true });
  write('package.json', '{ "name": "upright", "version": "9.9.9", "type": "module" }');
  write(
    'package-lock.json',
    '{ "packages": { "": {}, "node_modules/a": { "version": "1.0.0" }, "node_modules/b": { "version": "2.0.0", "optional": true } } }',
  );
  write('electron.vite.config.ts', '');
  write('tsconfig.base.json', '{}');
  write('src/main.ts', 'one');
  for (const file of [
    'kernels/one',
    'shared/rollouts/kernels/layout',
    'shared/rollouts/kernels/gaussianLayout',
    'shared/models/network/kernelLayout',
  ])
    write(`src/${file}.ts`, '');
  // npm: installs the build tool and writes npm's own record.
  write(
    'fake/npm.mjs',
    `import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
     appendFileSync('trace', 'install\\n');
     await new Promise((done) => setTimeout(done, 300));
     cpSync('fake/vite.mjs', 'node_modules/electron-vite/bin/electron-vite.js');
     cpSync('fake/asc.mjs', 'node_modules/assemblyscript/bin/asc.js');
     writeFileSync('node_modules/assemblyscript/package.json', '{ "type": "module", "version": "1.0.0" }');
     writeFileSync('node_modules/.package-lock.json', '{ "packages": { "node_modules/a": { "version": "1.0.0" } } }');`,
  );
  // The compiler of the kernels: writes down what it was asked for.
  write(
    'fake/asc.mjs',
    `import { writeFileSync } from 'node:fs';
     writeFileSync(process.argv[process.argv.indexOf('-o') + 1], process.argv.join(' '));`,
  );
  // The build: refuses a source that says "broken".
  write(
    'fake/vite.mjs',
    `import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
     import { join } from 'node:path';
     appendFileSync('trace', 'build\\n');
     await new Promise((done) => setTimeout(done, 200));
     const source = readFileSync('src/main.ts', 'utf8');
     if (source.includes('broken')) { console.error('src/main.ts:1: this does not build'); process.exit(1); }
     const out = process.argv[process.argv.indexOf('--outDir') + 1];
     mkdirSync(join(out, 'main'), { recursive: true });
     writeFileSync(join(out, 'main/cli.js'), 'console.log(JSON.stringify({ source: ' + JSON.stringify(source) + ', args: process.argv.slice(2) })); process.exitCode = Number(process.argv[3] ?? 0);');`,
  );
});

const trace = () => (existsSync(join(clone, 'trace')) ? readFileSync(join(clone, 'trace'), 'utf8').trim().split('\n') : []);

/** Runs `npm run upright -- ...args` in the clone. */
function upright(...args: string[]): Promise<{ code: number | null; out: string; err: string; pid: number }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(clone, 'scripts/upright.mjs'), ...args], {
      cwd: clone,
      env: { ...process.env, npm_execpath: join(clone, 'fake/npm.mjs') },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    child.on('close', (code) => done({ code, out, err, pid: child.pid! }));
  });
}

test('a fresh clone installs, builds and runs; stdout holds the command alone', async () => {
  const { code, out, err } = await upright('fit', '3');
  expect(trace()).toEqual(['install', 'build']);
  expect(JSON.parse(out)).toEqual({ source: 'one', args: ['fit', '3'] });
  expect(code).toBe(3);
  expect(readFileSync(join(clone, 'out/kernels/training-fused.wasm'), 'utf8')).toMatch(/training\.ts .* --enable relaxed-simd/);
  expect(err).toMatch(/installing packages, once[^]*packages installed[^]*building, once[^]*built out/);
});

test('the second time nothing is done and nothing is said', async () => {
  await upright();
  const { err } = await upright();
  expect(trace()).toEqual(['install', 'build']);
  expect(err).toBe('');
});

test('a changed source is built again, a changed package list installed again', async () => {
  await upright();
  writeFileSync(join(clone, 'src/main.ts'), 'two');
  expect(JSON.parse((await upright()).out).source).toBe('two');
  writeFileSync(join(clone, 'package-lock.json'), '{ "packages": { "": {}, "node_modules/a": { "version": "1.1.0" } } }');
  await upright();
  expect(trace()).toEqual(['install', 'build', 'build', 'install', 'build']);
});

test('packages that were installed by hand are taken as they are, but not when one has another version', async () => {
  await upright();
  const lock = (version: string, extra = '') =>
    writeFileSync(join(clone, 'package-lock.json'), `{ "packages": { "": {}, "node_modules/a": { "version": "${version}" }${extra} } }`);
  lock('1.0.0', ', "node_modules/c": { "version": "3.0.0", "optional": true }');
  await upright();
  expect(trace().filter((one) => one === 'install')).toHaveLength(1);
  lock('1.0.1');
  await upright();
  expect(trace().filter((one) => one === 'install')).toHaveLength(2);
});

test('two at once: one prepares, the other waits and says so; both run', async () => {
  const both = await Promise.all([upright(), upright()]);
  expect(trace()).toEqual(['install', 'build']);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(both.map(({ err }) => err).join('')).toContain('waiting for it');
});

test('a lock whose holder is gone is taken over; a living holder is waited for', async () => {
  mkdirSync(join(clone, '.cache'), { recursive: true });
  const lock = join(clone, '.cache/prepare.lock');
  writeFileSync(lock, JSON.stringify({ pid: 4_194_303, host: hostname(), since: Date.now() }));
  expect((await upright()).code).toBe(0);
  expect(existsSync(lock)).toBe(false);
  writeFileSync(join(clone, 'src/main.ts'), 'three');
  writeFileSync(lock, JSON.stringify({ pid: process.pid, host: hostname(), since: Date.now() }));
  const waiting = upright();
  await new Promise((done) => setTimeout(done, 600));
  expect(trace()).toEqual(['install', 'build']);
  writeFileSync(lock, JSON.stringify({ pid: 4_194_303, host: hostname(), since: Date.now() }));
  expect((await waiting).code).toBe(0);
  expect(trace()).toEqual(['install', 'build', 'build']);
});

test('a build that fails leaves the old program, exits with 4, and with --json still prints one document', async () => {
  await upright();
  appendFileSync(join(clone, 'src/main.ts'), ' broken');
  const { code, out, err } = await upright('fit', '--json');
  expect(code).toBe(4);
  expect(err).toContain('src/main.ts:1: this does not build');
  expect(JSON.parse(out)).toMatchObject({
    document: 1,
    command: 'fit',
    upright: '9.9.9',
    seed: null,
    error: { code: 'notPrepared', remedy: expect.any(String) },
  });
  expect(existsSync(join(clone, 'out/main/cli.js'))).toBe(true);
});

test('an installed package, without sources, is left alone', async () => {
  const { execFileSync } = await import('node:child_process');
  await upright();
  execFileSync('rm', ['-r', join(clone, 'src')]);
  expect((await upright()).code).toBe(0);
  expect(trace()).toEqual(['install', 'build']);
});
