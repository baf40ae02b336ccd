import { describe, expect, test } from 'vitest';
import { lineOf, progressTo, type ProgressMode } from '../../src/main/headless/progress';

/** 200 epochs of 100 ms each. */
function epochs(mode: ProgressMode, isTerminal = false): string {
  let [written, time] = ['', 0];
  const progress = progressTo({ write: (text) => (written += text), isTerminal, columns: 60, now: () => time }, mode);
  progress.report({ phase: 'read', done: 0, total: 1, unit: 'file' });
  for (let done = 1; done <= 200; done++) {
    time += 100;
    progress.report({ phase: 'fit', done, total: 200, unit: 'epoch', figures: { heldOut: 1 / done } });
  }
  progress.say('Saved.');
  progress.end();
  return written;
}

describe('progress', () => {
  test('plain: a line at each phase, at most one every 2 s, and the last', () => {
    const lines = epochs('plain').trimEnd().split('\n');
    expect(lines[0]).toBe('read  file 0/1');
    expect(lines[1]).toBe('fit  epoch 1/200  held-out 1');
    expect(lines[2]).toBe('fit  epoch 21/200  held-out 0.0476  17 s left');
    expect(lines.slice(-2)).toEqual(['fit  epoch 200/200  held-out 0.005', 'Saved.']);
    expect(lines).toHaveLength(1 + 10 + 1 + 1);
    expect(epochs('auto')).toBe(epochs('plain'));
  });

  test('json: an object a line', () => {
    const objects = epochs('json')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(objects[2]).toEqual({ phase: 'fit', done: 21, total: 200, unit: 'epoch', secondsLeft: 17, heldOut: expect.closeTo(1 / 21, 9) });
    expect(objects.at(-1)).toEqual({ phase: 'fit', text: 'Saved.' });
  });

  test('none: nothing', () => expect(epochs('none')).toBe(''));

  test('on a terminal one line is rewritten, never wider than it', () => {
    const shown = epochs('auto', true);
    expect(shown.split('\n')).toHaveLength(4); // read, fit, the sentence, the end
    for (const line of shown.replaceAll('\r\u001b[2K', '\n').split('\n')) expect(line.length).toBeLessThan(60);
  });

  test('no time left is made up while nothing is done, nor where the total is a mere bound', () => {
    expect(lineOf({ phase: 'fit', done: 0, total: 5, unit: 'epoch' }, null)).toBe('fit  epoch 0/5');
    let written = '';
    let time = 0;
    const progress = progressTo({ write: (text) => (written += text), isTerminal: false, columns: 80, now: () => time }, 'plain');
    progress.report({ phase: 'learn', done: 0, total: 40, unit: 'second', secondsLeft: null });
    time = 3000;
    progress.report({ phase: 'learn', done: 4, total: 40, unit: 'second', secondsLeft: null, figures: { cost: 96.24, upright: NaN } });
    expect(written).toBe('learn  second 0/40\nlearn  second 4/40  cost 96.2\n');
  });
});
