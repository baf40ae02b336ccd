import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  differenceCiede2000,
  filterDeficiencyDeuter,
  filterDeficiencyProt,
  filterDeficiencyTrit,
  parse,
  wcagContrast,
  type Color,
} from 'culori';
import { describe, expect, test } from 'vitest';
import { rankColour } from '../../src/renderer/scene/rankColours';

const css = readFileSync(join(import.meta.dirname, '../../src/renderer/theme/tokens.css'), 'utf8');
const block = (selector: RegExp): Record<string, string> =>
  Object.fromEntries(
    [...(css.match(selector)?.[1] ?? '').matchAll(/--([\w-]+):\s*(#[0-9a-f]{6,8});/g)].map(([, name, value]) => [name, value]),
  );
const themes = {
  dark: block(/\[data-theme='dark'\] \{([\s\S]*?)\n\}/),
  light: block(/\n\[data-theme='light'\] \{([\s\S]*?)\n\}/),
} as const;
const roles = ['c-measured', 'c-plan', 'c-model', 'c-target', 'c-second', 'c-limit'] as const;
const eyes: Readonly<Record<string, (colour: Color) => Color>> = {
  normal: (colour) => colour,
  'without green': filterDeficiencyDeuter(1),
  'without red': filterDeficiencyProt(1),
  'without blue': filterDeficiencyTrit(1),
};
const apart = differenceCiede2000();

describe.each(Object.entries(themes))('the %s theme', (_name, colour) => {
  test('has the same names as the other', () => {
    expect(Object.keys(colour).sort()).toEqual(Object.keys(themes.dark).sort());
    expect(Object.keys(colour).length).toBeGreaterThanOrEqual(40);
  });

  const pairs = (front: readonly string[], back: readonly string[], least: number) =>
    front.flatMap((f) => back.map((b) => [f, b, least] as const));
  const grounds = ['ground', 'raised', 'raised-2', 'raised-3', 'well'];
  test.each([
    ...pairs(['text', 'text-2'], grounds, 4.5),
    ...pairs(['text-3', 'warn'], ['ground', 'raised', 'raised-2', 'well'], 4.5),
    ...pairs(['warn', 'text', 'text-2'], ['warn-ground'], 4.5),
    ...pairs(['on-stop'], ['stop', 'stop-hover'], 4.5),
    ...pairs(['on-inverse'], ['inverse'], 4.5),
    ...pairs(['c-plan', 'c-model', 'c-target', 'c-second', 'c-limit', 'c-axis'], ['raised'], 4.5),
    // what is drawn, and the edges of controls, need less than text
    ...pairs(['control-edge'], grounds, 3),
    ...pairs(['stop'], ['raised'], 3),
    ...pairs(['focus'], ['raised', 'ground'], 3),
    ...pairs([...roles, 'c-base'], ['raised', 'scene', 'ground'], 3),
  ])('%s can be read on %s (at least %s to 1)', (front, back, least) => {
    expect(wcagContrast(colour[front], colour[back])).toBeGreaterThanOrEqual(least);
  });

  test.each(Object.entries(eyes))('no two roles of a chart look alike to eyes that are %s', (_eyes, see) => {
    for (const [i, a] of roles.entries())
      for (const b of roles.slice(i + 1)) {
        const distance = apart(see(parse(colour[a])!), see(parse(colour[b])!));
        // 10 is told apart at a glance, and the palettes keep more; every pair has a second cue as well (dashes, width, a label)
        expect(distance, `${a} and ${b} are ${distance.toFixed(1)} apart`).toBeGreaterThanOrEqual(13);
      }
  });

  test('nothing but STOP is red', () => {
    const stop = parse(colour.stop)!;
    for (const [name, value] of Object.entries(colour)) {
      if (name.startsWith('stop')) continue;
      expect(apart(stop, parse(value.slice(0, 7))!), name).toBeGreaterThan(10);
    }
  });
});

test('the best rollout is the brightest in the dark and the darkest in the light', () => {
  const luminance = (rank: number, theme: 'dark' | 'light') => {
    const [r, g, b] = rankColour(rank, theme);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (let rank = 0.1; rank <= 1; rank += 0.1) {
    expect(luminance(rank, 'dark')).toBeGreaterThan(luminance(rank - 0.1, 'dark'));
    expect(luminance(rank, 'light')).toBeLessThan(luminance(rank - 0.1, 'light'));
  }
});
