/**
 * Compiles the kernels of src/kernels (AssemblyScript) to WebAssembly, into a folder of the build. What was compiled once
 * is kept by its content in .cache/compiled-kernels, so that nothing is compiled twice.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blocksSource } from './kernels/blocks.mjs';

/**
 * name → entry in src/kernels, and the register block where the entry has one. Each is compiled twice: `fused` with the
 * fused multiply-add of relaxed SIMD, `portable` with multiply and add, whose bits are the same on every engine.
 */
export const kernels = {
  network6: { entry: 'network', block: 6 },
  network5: { entry: 'network', block: 5 },
  network4: { entry: 'network', block: 4 },
  gaussian: { entry: 'gaussianRollouts' },
  equations: { entry: 'equations' },
  linear: { entry: 'linear' },
  peak: { entry: 'peak' },
  training: { entry: 'training' },
};
const arithmetics = { fused: ['simd', 'relaxed-simd'], portable: ['simd'] };
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--disableWarning', '201', '--converge', '--initialMemory', '1'];
/** What host and kernels both read: nothing but constants. */
const LAYOUTS = ['shared/rollouts/kernels/layout.ts', 'shared/rollouts/kernels/gaussianLayout.ts', 'shared/models/network/kernelLayout.ts'];

/**
 * @param root  folder of the project
 * @param into  folder that receives NAME-ARITHMETIC.wasm
 * @throws Error with the compiler's words
 */
export async function buildKernels(root, into) {
  mkdirSync(into, { recursive: true });
  const cache = join(root, '.cache', 'compiled-kernels');
  mkdirSync(cache, { recursive: true });
  const folder = join(root, 'src', 'kernels');
  const sources = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .sort();
  const version = JSON.parse(readFileSync(join(root, 'node_modules/assemblyscript/package.json'), 'utf8')).version;
  const common = createHash('sha256').update(version).update(OPTIONS.join(' '));
  for (const file of [...sources.map((name) => join(folder, name)), ...LAYOUTS.map((file) => join(root, 'src', file))])
    common.update(readFileSync(file));

  const jobs = Object.entries(kernels).flatMap(([name, kernel]) =>
    Object.entries(arithmetics).map(([arithmetic, features]) => ({ name: `${name}-${arithmetic}`, features, ...kernel })),
  );
  const one = async ({ name, entry, block, features }) => {
    const blocks = block === undefined ? '' : blocksSource(block);
    const key = common.copy().update(blocks).update(entry).update(features.join()).digest('hex').slice(0, 24);
    const kept = join(cache, `${name}-${key}.wasm`);
    if (!existsSync(kept)) {
      // compiled from a copy, because a variant brings a source of its own
      const work = mkdtempSync(join(cache, 'work-'));
      try {
        mkdirSync(join(work, 'kernels'));
        for (const file of sources) copyFileSync(join(folder, file), join(work, 'kernels', file));
        for (const file of LAYOUTS) {
          mkdirSync(join(work, dirname(file)), { recursive: true });
          copyFileSync(join(root, 'src', file), join(work, file));
        }
        if (blocks !== '') writeFileSync(join(work, 'kernels/blocks.ts'), blocks);
        await compile(root, work, [`kernels/${entry}.ts`, '-o', 'kernel.wasm', ...OPTIONS, ...features.flatMap((f) => ['--enable', f])]);
        renameSync(join(work, 'kernel.wasm'), kept);
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    }
    copyFileSync(kept, join(into, `${name}.wasm`));
  };
  const waiting = [...jobs];
  await Promise.all(
    [0, 1].map(async () => {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await one(job);
    }),
  );
}

function compile(root, cwd, args) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, 'node_modules/assemblyscript/bin/asc.js'), ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stdout.on('data', (data) => (text += data));
    child.stderr.on('data', (data) => (text += data));
    child.on('error', fail);
    child.on('close', (code) => (code === 0 ? done() : fail(new Error(`A kernel does not compile (asc ${args[0]}):\n${text}`))));
  });
}
