/** Recordings that older versions wrote: a sample of each is checked in, as it was written. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replayEpisode } from '../../src/main/control/replay';
import { EpisodeReader } from '../../src/shared/episodes/readEpisode';
import { EPISODE_VERSION, RecordRefused } from '../../src/shared/episodes/record';
import { upToDate } from '../../src/shared/episodes/migrations';
import { resolveSetup } from '../../src/shared/setups/resolve';
import type { Setup } from '../../src/shared/setups/setup';

const sampleOf = (version: number) => {
  const lines = readFileSync(join(import.meta.dirname, `../episodes/version${version}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  const [metadata, ...messages] = lines.map((line) => JSON.parse(line) as unknown);
  return { metadata: metadata as Record<string, string>, messages: messages as [topic: string, text: string][] };
};

test('version 1, whose settings stand among the events, replays to the last bit, and not without them', () => {
  const { metadata, messages } = sampleOf(1);
  const reader = new EpisodeReader(metadata);
  for (const [topic, text] of messages) reader.take(topic, text);
  const episode = reader.finish();
  expect(episode.periods).toHaveLength(7);
  expect(episode.events.map(({ step, kind, before }) => [step, kind, before])).toEqual([
    [2, 'setting', 3],
    [6, 'end', 7],
  ]);
  // the words of the setting are those that the event had
  const then = messages.map(([, text]) => JSON.parse(text) as Record<string, unknown>).find(({ kind }) => kind === 'setting')!;
  expect(episode.events[0]!.text).toBe(then['text']);
  const resolved = resolveSetup(episode.header.setup as Setup);
  expect(replayEpisode(episode, resolved)).toMatchObject({ identical: true, difference: '' });
  expect(replayEpisode({ ...episode, events: [] }, resolved).identical).toBe(false);
});
test('what is up to date stays as it is, whatever stands there', () => {
  for (const topic of ['/event', '/telemetry', '/of another'])
    expect(upToDate(EPISODE_VERSION, { topic, text: 'no JSON' })).toEqual({ topic, text: 'no JSON' });
});
test.each([
  'no JSON',
  'null',
  '{"kind":"setting"}',
  '{"kind":"setting","step":1,"text":"no JSON"}',
  '{"kind":"setting","step":1,"text":{}}',
])('an event of version 1 that is none is refused: %s', (text) => {
  expect(() => upToDate(1, { topic: '/event', text })).toThrow(RecordRefused);
});
