/**
 * The pages that a stranger reads first: what they name is there, and what they tell him to type is understood.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCall } from '../src/main/headless/arguments';
import { commands } from '../src/main/headless/commands';
import { builtInSetups } from '../src/shared/setups/builtIn';
import { registries } from '../src/shared/setups/resolve';
import { keys } from '../src/renderer/state/keys';

const root = resolve(import.meta.dirname, '..');
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'GLOSSARY.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');
const scripts = (JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }).scripts;

describe.each(pages)('%s', (page) => {
  const text = textOf(page);

  test('leads only to pages and pictures that are there', () => {
    const targets = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^https?:/.test(target));
    // the picture is made by `npm run picture`
    const missing = targets.filter((target) => !existsSync(join(root, dirname(page), target)) && !target.endsWith('picture.png'));
    expect(missing).toEqual([]);
  });
  test('names only npm scripts that there are', () => {
    const named = [...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name]) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
  test('gives command lines that are understood', () => {
    const calls = [...text.matchAll(/^npm run --silent upright -- (.+)$/gm)].map(([, call]) => call.split(' '));
    for (const call of calls) expect(() => parseCall(call, commands)).not.toThrow();
  });
  test('names only files of the project that are there', () => {
    const named = [...text.matchAll(/`((?:src|test|scripts|resources|docs)\/[\w./-]+)`/g)].map(([, path]) => path);
    expect(named.filter((path) => !existsSync(join(root, path)) && !path.endsWith('picture.png'))).toEqual([]);
  });
});

test('the check itself can fail', () => {
  expect(() => parseCall('learn --plnat pendulum'.split(' '), commands)).toThrow();
});
test('the architecture names every room, and no room that is not there', () => {
  const text = textOf('ARCHITECTURE.md');
  const tree = text.slice(text.indexOf('## The rooms'), text.indexOf('## Who may import whom'));
  const table = text.slice(text.indexOf('## Who may import whom'), text.indexOf('## Processes and threads'));
  for (const side of ['shared', 'main', 'renderer']) {
    const rooms = readdirSync(join(root, 'src', side), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    const block = tree.slice(tree.indexOf(`\n  ${side}/`) + 1);
    const drawn = [...block.slice(0, block.slice(1).search(/\n {2}\w|\n\w/) + 1).matchAll(/^ {4}(\w+)\//gm)].map(([, room]) => room);
    expect(drawn.sort(), `rooms of src/${side} in the tree`).toEqual([...rooms].sort());
    for (const room of rooms) expect(table, `src/${side}/${room} in the table`).toContain(room);
  }
});
test('the guide names every key, every setup and every command', () => {
  const guide = textOf('docs/guide.md');
  for (const { keys: names } of keys) expect(guide).toContain(names.join('+') === 'Ctrl+L' ? 'Ctrl+L' : names[0]);
  for (const name of Object.keys(builtInSetups)) expect(guide).toContain(`\`${name}\``);
  for (const { name } of commands) expect(guide).toContain(name);
});
test('the page about learning names every model', () => {
  for (const id of Object.keys(registries.model)) expect(textOf('docs/learning.md')).toContain(`\`${id}\``);
});
