import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// The command line as a process of its own, built from the sources as they are. It lies in the project so that it finds its packages.
const root = resolve(import.meta.dirname, '../..');
let folder = '';
let log = '';
beforeAll(async () => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  folder = mkdtempSync(join(root, '.cache', 'cli-'));
  const source = (file: string) => join(root, 'src/main', file);
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      outDir: folder,
      target: 'node20.19',
      rolldownOptions: {
        input: { cli: source('headless/cli.ts'), learnRun: source('workers/learnRun.ts'), evaluator: source('workers/evaluator.ts') },
        output: { entryFileNames: '[name].js', chunkFileNames: 'shared-[name]-[hash].js' },
      },
    },
  });
  log = join(folder, 'log.csv');
  writeFileSync(
    log,
    `t,a,u\n${Array.from({ length: 2000 }, (_, i) => `${i * 0.01},${Math.sin(i / 30)},${Math.cos(i / 50)}`).join('\n')}\n`,
  );
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}
/** Runs a call; `watch` sees stderr as it grows and may send signals. */
function run(argv: readonly string[], watch: (stderr: string, signal: (name: NodeJS.Signals) => void) => void = () => {}): Promise<Ended> {
  const started = performance.now();
  const child = spawn(process.execPath, [join(folder, 'cli.js'), ...argv], {
    env: { ...process.env, UPRIGHT_HOME: join(folder, 'home') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => {
    stderr += data;
    watch(stderr, (name) => child.kill(name));
  });
  return new Promise((done) => child.on('close', (code) => done({ code, stdout, stderr, seconds: (performance.now() - started) / 1000 })));
}
const longFit = () => [
  'fit',
  `${log}+action=u+row=0`,
  '--map',
  't=time:s,a=angle:rad:zero=down',
  '--plant',
  'pendulum',
  '--model',
  'ensemble',
  '--held-out',
  '0',
  '--set',
  'model.firstSteps=100000',
  '--progress',
  'json',
  '--json',
];

describe('the command line as a process', () => {
  test('stdout is one document, the rest is on stderr', async () => {
    const { code, stdout, stderr } = await run([
      'fit',
      `${log}+action=u`,
      '--map',
      't=time:s,a=angle:rad:zero=down',
      '--plant',
      'pendulum',
      '--model',
      'linear',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      document: 1,
      command: 'fit',
      warnings: [{ code: 'rowAssumed' }, { code: 'heldOutTested' }],
    });
    expect(stderr).toContain('taken as row=0');
  });

  test('a whole run of learn in its thread, with helpers', async () => {
    const { code, stdout } = await run([
      'learn',
      '--experience',
      '1',
      '--episode',
      '2',
      '--set',
      'planner.population=16',
      '--set',
      'planner.iterations=1',
      '--threads',
      '2',
      '--json',
      '--progress',
      'none',
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      succeeded: false,
      experienceSeconds: null,
      episodes: [{ index: 0, randomSeconds: 0.5, seconds: 1 }],
    });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s once: the fit is called off in order, exit %d', async (name, wanted) => {
    let sent = false;
    const { code, stdout, stderr } = await run(longFit(), (seen, signal) => {
      if (seen.includes('"fit ensemble"') && !sent) signal(name);
      sent ||= seen.includes('"fit ensemble"');
    });
    expect(code).toBe(wanted);
    expect(JSON.parse(stdout)).toMatchObject({ command: 'fit', cancelled: true });
    expect(stderr).toContain('Cancelled.');
  });

  test('SIGINT once calls off a run of learn', async () => {
    let sent = false;
    const { code, stdout } = await run(
      ['learn', '--plant', 'cartPole', '--set', 'planner.population=4096', '--progress', 'json', '--json'],
      (seen, signal) => {
        if (seen.includes('"learn"') && !sent) signal('SIGINT');
        sent ||= seen.includes('"learn"');
      },
    );
    expect([code, JSON.parse(stdout).cancelled]).toEqual([130, true]);
  });

  test('a second SIGINT ends at once, without a document', async () => {
    let sent = false;
    // One plan takes seconds here, so the first signal is heeded only after that.
    const { code, stdout } = await run(
      [
        'learn',
        '--plant',
        'cartPole',
        '--set',
        'planner.population=4096',
        '--set',
        'planner.iterations=30',
        '--set',
        'planner.horizon=5',
        '--planner',
        'cem',
        '--progress',
        'json',
        '--json',
      ],
      (seen, signal) => {
        if (!seen.includes('"fits":1') || sent) return;
        sent = true;
        signal('SIGINT');
        setTimeout(() => signal('SIGINT'), 100);
      },
    );
    expect([code, stdout]).toEqual([130, '']);
  });

  test('a model that could not be kept is refused before it is learned (exit 4)', async () => {
    const { code, stderr } = await run(['learn', '--home', join(log, 'x'), '--save', 'a', '--progress', 'none']);
    expect([code, stderr]).toEqual([4, expect.stringContaining('Models cannot be kept in')]);
  });
});
