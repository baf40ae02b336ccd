/**
 * The tests, by tier:   node scripts/test.mjs check | unit | journeys | all | electron | deep | native   [words for vitest]
 *
 *   check     types in every environment, lint, architecture, laws and units        (npm run check)
 *   unit      the last of these alone
 *   journeys  whole stories in Chromium against a headless workbench
 *   all       check, then journeys                                                   (npm test)
 *   electron  the built app in a real Electron                                       (npm run test:electron)
 *   deep      long runs: many seeds, many kills                                      (npm run test:deep)
 *   native    what trains networks, on the native tensor library once `npm run tensorflow` has built it
 *
 * Everything runs even when something has failed; the last line sums up and the exit code is 1 when anything failed.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { NotPrepared, prepare, root } from './bootstrap.mjs';

const [tier = 'all', ...words] = process.argv.slice(2);
const say = (text) => process.stdout.write(`${text}\n`);
const tool = (name, file) => [process.execPath, join(root, 'node_modules', name, file)];
const tsc = tool('typescript', 'bin/tsc');

const types = {
  'types shared': [...tsc, '-p', 'src/shared'],
  'types main': [...tsc, '-p', 'src/main'],
  'types preload': [...tsc, '-p', 'src/preload'],
  'types test': [...tsc, '-p', 'test'],
  'types renderer': [
    ...tool('svelte-check', 'bin/svelte-check'),
    '--tsconfig',
    'src/renderer/tsconfig.json',
    '--fail-on-warnings',
    '--output',
    'human',
  ],
  lint: [...tool('eslint', 'bin/eslint.js'), '.', '--cache', '--cache-location', '.cache/eslint/', '--max-warnings', '0'],
};
const suites = {
  unit: 'vitest.config.ts',
  journeys: 'test/journeys/vitest.config.ts',
  electron: 'test/electron/vitest.config.ts',
  deep: 'test/deep/vitest.config.ts',
  native: 'vitest.config.ts',
};
const plans = {
  unit: ['unit'],
  check: [Object.keys(types), 'unit'],
  journeys: ['journeys'],
  all: [Object.keys(types), 'unit', 'journeys'],
  electron: ['electron'],
  deep: ['deep'],
  native: ['native'],
};

if (!Object.hasOwn(plans, tier)) {
  say(`There are the tiers ${Object.keys(plans).join(', ')}; "${tier}" is none of them.`);
  process.exit(2);
}
const refuse = (error) => {
  if (!(error instanceof NotPrepared)) throw error;
  say(`${error.message}\n${error.remedy}\n0 passed, 1 failed`);
  process.exit(1);
};
await prepare().catch(refuse);

if (tier === 'native' && words.length === 0) words.push('test/models', 'test/laws/models.test.ts', 'test/main/learner.test.ts');

/** What the Electron tests need beside a build: an Electron, the app built for it, a display. */
let around = { env: {}, prefix: [] };
if (tier === 'electron') {
  const asked = words.indexOf('--install');
  if (asked >= 0) words.splice(asked, 1);
  const { prepareElectron } = await import('./electronForTests.mjs');
  around = await prepareElectron(asked >= 0 || Boolean(process.env.CI)).catch(refuse);
}

/** name → { passed, failed, skipped, seconds } */
const results = new Map();
/** One line for each failure, said again at the end: what vitest printed about it is far up by then. */
const broken = [];
for (const part of plans[tier]) {
  if (Array.isArray(part)) await twoAtATime(part, checkTypes);
  else await runSuite(part);
}
close();

// ── parts ──

async function checkTypes(name) {
  const started = Date.now();
  const { code, text } = await run(types[name], { show: false });
  if (code !== 0) broken.push(`${name}: ${text.trim().split('\n').slice(0, 3).join(' ')}`);
  results.set(name, { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, seconds: (Date.now() - started) / 1000 });
  if (code !== 0) say(`── ${name} ──\n${text.trimEnd()}\n`);
}

async function runSuite(name) {
  const started = Date.now();
  const report = join(root, '.cache', `results-${name}.json`);
  mkdirSync(join(root, '.cache'), { recursive: true });
  rmSync(report, { force: true });
  say(`── ${name} ──`);
  const vitest = [
    ...tool('vitest', 'vitest.mjs'),
    'run',
    '--config',
    suites[name],
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
  ];
  const { code } = await run([...around.prefix, ...vitest, ...words], { show: true });
  results.set(name, { ...count(report, code), seconds: (Date.now() - started) / 1000 });
}

/** What vitest wrote down. A run that ended badly without a failed test (a file that does not load) counts as one failure. */
function count(report, code) {
  let found;
  try {
    found = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const { numPassedTests: passed, numFailedTests: failedTests, numPendingTests, numTodoTests, testResults } = found;
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((one) => one.status !== 'failed'),
  );
  const place = (file) => relative(root, file);
  for (const { name, message } of brokenFiles) broken.push(`${place(name)}: ${inOneLine(message)}`);
  for (const { name, assertionResults } of testResults)
    for (const { status, fullName, failureMessages } of assertionResults)
      if (status === 'failed') broken.push(`${place(name)}: ${fullName.trim()}: ${inOneLine(failureMessages.join(' '))}`);
  const failed = failedTests + brokenFiles.length;
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, skipped: numPendingTests + numTodoTests };
}

/** The machine has at least two cores, and a type check uses one. */
async function twoAtATime(names, work) {
  const waiting = [...names];
  const lane = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await work(name);
  };
  await Promise.all([lane(), lane()]);
}

function run([command, ...args], { show }) {
  return new Promise((done) => {
    let text = '';
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...around.env },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    child.stdout?.on('data', (data) => (text += data));
    child.stderr?.on('data', (data) => (text += data));
    child.on('error', (error) => done({ code: -1, text: error.message }));
    child.on('close', (code) => done({ code: code ?? -1, text }));
  });
}

function close() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  say('');
  for (const line of broken) say(`✗ ${line}`);
  for (const [name, { passed, failed, skipped, seconds }] of results) {
    say(`${name.padEnd(16)}${inWords({ passed, failed, skipped }).padEnd(40)}${seconds.toFixed(1).padStart(7)} s`);
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  say(inWords(sum));
  process.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0);
}

function inOneLine(text) {
  return text.replaceAll(/\s+/g, ' ').slice(0, 500);
}

function inWords({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
