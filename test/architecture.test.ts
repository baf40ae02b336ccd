/**
 * Who may import whom, as data, held against every import in src. ARCHITECTURE shows the same table with its reasons.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

interface Room {
  /** Other rooms whose values and types may be imported. A room may always import itself. */
  readonly rooms: readonly string[];
  /** Rooms of which only types may be imported. */
  readonly types?: readonly string[];
  /** Packages; a name that ends with `:` or `/` is a prefix. */
  readonly packages?: readonly string[];
  /** Refused although a wider entry would allow it. */
  readonly never?: readonly string[];
}

const ground = ['shared/math', 'shared/settings', 'shared/signals'];
const world = [...ground, 'shared/plants'];
const imagining = [...world, 'shared/tasks', 'shared/models'];
const page = ['svelte', 'svelte/', 'bits-ui', '@lucide/svelte', '@lucide/svelte/', '@internationalized/date'];

/** Longest matching name wins. */
const table: Record<string, Room> = {
  'shared/math': { rooms: [], packages: ['pure-rand/', 'ml-matrix'] },
  'shared/settings': { rooms: [] },
  'shared/signals': { rooms: [] },
  'shared/plants': { rooms: ground },
  'shared/protocols': { rooms: ground },
  'shared/tabular': { rooms: ground },
  'shared/tasks': { rooms: world },
  'shared/episodes': { rooms: world },
  'shared/estimators': { rooms: world },
  'shared/recordings': { rooms: [...world, 'shared/episodes'], packages: ['papaparse'] },
  'shared/models': { rooms: [...world, 'shared/episodes'], packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', 'ml-matrix'] },
  'shared/rollouts': { rooms: imagining },
  'shared/planners': { rooms: [...imagining, 'shared/rollouts'] },
  'shared/controllers': { rooms: [...imagining, 'shared/rollouts', 'shared/planners', 'shared/estimators'] },
  'shared/learning': { rooms: ['shared'], never: ['shared/contract'] },
  'shared/diagnostics': { rooms: ['shared'], never: ['shared/contract'] },
  'shared/setups': { rooms: ['shared'], never: ['shared/contract'] },
  'shared/contract': { rooms: ['shared/settings'], types: ['shared'], packages: ['zod'] },

  'main/rigs': { rooms: ['shared'], packages: ['node:', 'serialport'] },
  'main/storage': { rooms: ['shared'], packages: ['node:', '@mcap/', 'papaparse', 'zod', 'hyparquet', 'hyparquet/', 'hyparquet-writer'] },
  'main/control': { rooms: ['shared', 'main/rigs'], packages: ['node:'], never: ['node:fs', 'node:zlib', 'node:crypto'] },
  'main/workbench': { rooms: ['shared', 'main/storage'], packages: ['node:', 'zod'] },
  'main/workers': {
    rooms: ['shared', 'main'],
    packages: ['node:', '@tensorflow/'],
    never: ['main/electron', 'main/headless', 'main/page'],
  },
  'main/page': { rooms: [], packages: ['node:'] },
  'main/electron': {
    rooms: ['shared/contract', 'shared/setups', 'main/page', 'main/storage', 'main/workbench', 'main/workers'],
    packages: ['node:', 'electron'],
  },
  'main/headless': { rooms: ['shared', 'main/page', 'main/storage', 'main/workbench', 'main/workers'], packages: ['node:', 'trash', 'ws'] },

  // the kernels share constants with their hosts, nothing else
  kernels: { rooms: ['shared/rollouts/kernels/layout', 'shared/rollouts/kernels/gaussianLayout', 'shared/models/network/kernelLayout'] },

  preload: { rooms: [], packages: ['electron'] },

  renderer: { rooms: ['renderer'], packages: ['svelte', 'svelte/'] },
  'renderer/theme': { rooms: ['shared/settings', 'shared/signals'], packages: ['@fontsource-variable/'] },
  'renderer/link': { rooms: ['shared/contract'], packages: ['zod'] },
  'renderer/scene': {
    rooms: ['renderer/theme'],
    types: ['shared'],
    packages: ['three', 'three/', 'd3-scale-chromatic'],
    never: ['.svelte'],
  },
  'renderer/plots': { rooms: ['renderer/theme'], types: ['shared'], packages: ['uplot', 'uplot/'], never: ['.svelte'] },
  'renderer/controls': { rooms: ['shared/settings', 'renderer/theme'], packages: page },
  'renderer/state': { rooms: ['shared', 'renderer/link', 'renderer/theme'], packages: ['svelte', 'svelte/'] },
  'renderer/panels': {
    rooms: ['shared', 'renderer/state', 'renderer/scene', 'renderer/plots', 'renderer/controls', 'renderer/theme'],
    packages: page,
  },
};

const src = resolve(import.meta.dirname, '../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.(ts|svelte)$/.test(file) && !file.endsWith('.d.ts'));

test('every file stands in a room of the table', () => {
  const strays = files
    .filter((file) => roomOf(file) === undefined)
    .map((file) => `${file} stands in no room: give it one, or add the room to the table here and in ARCHITECTURE.md`);
  expect(strays).toEqual([]);
});

test('every import goes in an allowed direction', () => {
  expect(files.flatMap((file) => trespasses(file, readFileSync(join(src, file), 'utf8')))).toEqual([]);
});

test('a trespass is told in a sentence (the check itself can fail)', () => {
  const plant = 'shared/plants/pendulum.ts';
  expect(trespasses(plant, "import { cem } from '../planners/cem';")).toEqual([
    'shared/plants/pendulum.ts imports shared/planners/cem; shared/plants may import only from shared/math, shared/settings, shared/signals',
  ]);
  expect(trespasses(plant, "import fs from 'node:fs';")).toHaveLength(1);
  expect(trespasses(plant, "const cem = await import('../planners/cem');")).toHaveLength(1);
  expect(trespasses(plant, "export * from '../planners';")).toHaveLength(1);
  expect(trespasses('shared/contract/contract.ts', "import { plants } from '../plants/registry';")).toHaveLength(1);
  expect(trespasses('shared/contract/contract.ts', "import { type Plant, plants } from '../plants/plant';")).toHaveLength(1);
  expect(trespasses('shared/learning/x.ts', "import type { Calls } from '../contract/contract';")).toHaveLength(1);
  expect(trespasses('renderer/panels/a/A.svelte', "<script>\n  import B from '../b/B.svelte';\n</script>")).toHaveLength(1);
  expect(trespasses('renderer/state/a.ts', "import { x } from '../../main/workbench/x';")).toHaveLength(1);
  expect(trespasses('main/control/loop.ts', "import { readFileSync } from 'node:fs';")).toHaveLength(1);
  expect(trespasses('main/workbench/w.ts', "import { app } from 'electron';")).toHaveLength(1);
});

test('what is allowed passes: types through the contract, registries, comments', () => {
  expect(
    trespasses(
      'shared/contract/contract.ts',
      "import type { Plant } from '../plants/plant';\nimport { type A, type B } from '../models/model';",
    ),
  ).toEqual([]);
  expect(trespasses('shared/contract/contract.ts', "import * as plants from '../plants';")).toEqual([]);
  expect(
    trespasses(
      'shared/plants/pendulum.ts',
      "// import { cem } from '../planners/cem';\n/* import x from 'electron'; */\nimport { sin } from '../math/elementary';",
    ),
  ).toEqual([]);
  expect(trespasses('renderer/panels/a/A.svelte', "import B from './B.svelte';\nimport { s } from '../../state/s';")).toEqual([]);
});

// ── the check ──

interface Import {
  readonly target: string;
  readonly typesOnly: boolean;
}

/** A sentence for each import of `file` that the table does not allow. */
function trespasses(file: string, text: string): string[] {
  const name = roomOf(file);
  if (name === undefined) return [];
  const room = table[name];
  return importsOf(file, text).flatMap(({ target, typesOnly }) => {
    if (isAllowed(file, name, room, target, typesOnly)) return [];
    const also = [...room.rooms, ...(room.types ?? []).map((of) => `${of} (types)`), ...(room.packages ?? [])];
    const never = room.never ? ` and never from ${room.never.join(', ')}` : '';
    return [`${file} imports ${target}; ${name} may import only from ${also.join(', ') || 'itself'}${never}`];
  });
}

function isAllowed(file: string, name: string, room: Room, target: string, typesOnly: boolean): boolean {
  if (name === 'renderer/panels' && target.startsWith('renderer/panels/')) return samePanel(file, target);
  if (room.never?.some((no) => within(target, no) || (no.startsWith('.') && target.endsWith(no)))) return false;
  if (within(target, name) && roomOf(target) === name) return true;
  if (/^(shared|main|renderer|preload|kernels)(\/|$)/.test(target)) {
    if (room.rooms.some((other) => within(target, other))) return true;
    if (typesOnly && room.types?.some((other) => within(target, other))) return true;
    // The contract may name what exists: the registries, which are the index files of shared rooms.
    return name === 'shared/contract' && /^shared\/[a-z]+(\/index)?$/.test(target);
  }
  return (room.packages ?? []).some((allowed) => target === allowed || (/[:/]$/.test(allowed) && target.startsWith(allowed)));
}

/** Panels never import each other; the list of panels names them all. */
function samePanel(file: string, target: string): boolean {
  const panelOf = (path: string) => (path.split('/').length > 3 ? path.split('/')[2] : undefined);
  return panelOf(file) === undefined || panelOf(file) === panelOf(target);
}

function within(path: string, room: string): boolean {
  return path === room || path.startsWith(`${room}/`) || path === `${room}.ts`;
}

function roomOf(path: string): string | undefined {
  return Object.keys(table)
    .filter((room) => within(path, room))
    .sort((a, b) => b.length - a.length)[0];
}

function importsOf(file: string, text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*/g, '$1');
  const found: Import[] = [];
  const add = (specifier: string, typesOnly: boolean) => {
    const bare = specifier.replace(/\?.*$/, '');
    found.push({ target: bare.startsWith('.') ? relative(src, resolve(src, dirname(file), bare)).replaceAll('\\', '/') : bare, typesOnly });
  };
  for (const [, clause, specifier] of code.matchAll(/(?:^|[\s;])(?:import|export)\s+([^'"();=]*?)\s*\bfrom\s*['"]([^'"]+)['"]/g)) {
    add(specifier, /^type\b/.test(clause) || onlyTypeNames(clause));
  }
  for (const [, specifier] of code.matchAll(/(?:^|[\s;])import\s*['"]([^'"]+)['"]/g)) add(specifier, false);
  for (const [, specifier] of code.matchAll(/\bimport\s*\(\s*['"]([^'"]+)['"]/g)) add(specifier, false);
  return found;
}

/** `{ type A, type B }` brings no value along. */
function onlyTypeNames(clause: string): boolean {
  const names = /^\{([\s\S]*)\}$/.exec(clause.trim())?.[1];
  return names !== undefined && names.split(',').every((name) => name.trim() === '' || /^type\s/.test(name.trim()));
}
