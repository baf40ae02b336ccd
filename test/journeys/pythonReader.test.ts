/** A recording of ours in a reader that others wrote, in another language: Python's `mcap`, brought by pip into a folder of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EpisodeFiles } from '../../src/main/storage/episodeFiles';
import { readEpisodeFile } from '../../src/main/storage/readEpisodeFile';
import { recordInto } from '../support/recordedPendulum';

const folder = mkdtempSync(join(tmpdir(), 'upright-python-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Why there is no such reader here; undefined where there is. */
const missing = ((): string | undefined => {
  try {
    const how = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', join(folder, 'python'), 'mcap'];
    execFileSync('python3', how, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 120_000 });
    return undefined;
  } catch (error) {
    return `python3 with pip could not bring mcap: ${(error as Error).message.split('\n').at(-1)!.slice(0, 120)}`;
  }
})();

const program = `
import json, sys
from mcap.reader import make_reader
with open(sys.argv[1], "rb") as file:
    reader = make_reader(file, validate_crcs=True)
    summary = reader.get_summary()
    topics, rows = {}, []
    for schema, channel, message in reader.iter_messages():
        value = json.loads(message.data)
        topics.setdefault(channel.topic, [schema.name, schema.encoding, channel.message_encoding, 0])[3] += 1
        if channel.topic == "/telemetry":
            rows.append([message.log_time, value["state"]["angle"]])
    metadata = {record.name: record.metadata for record in reader.iter_metadata()}
print(json.dumps({
    "topics": topics, "rows": rows, "counted": summary.statistics.message_count,
    "format": metadata["upright"]["format"], "plant": json.loads(metadata["upright"]["plant"]),
}))
`;

test.skipIf(missing !== undefined)(
  `Python reads a recording of ours${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  async () => {
    const files = new EpisodeFiles(
      folder,
      () => 'run',
      (text) => {
        throw new Error(text);
      },
    );
    await recordInto(files);
    const [file] = files.written;
    const { header, periods, plans, events, fanCount, timings } = readEpisodeFile(file!);
    const seen = JSON.parse(
      execFileSync('python3', ['-c', program, file!], { encoding: 'utf8', env: { ...process.env, PYTHONPATH: join(folder, 'python') } }),
    ) as { topics: Record<string, unknown[]>; rows: [number, number][]; counted: number; format: string; plant: string };
    expect(seen.topics).toEqual({
      '/telemetry': ['upright.Period', 'jsonschema', 'json', periods.length],
      '/plan': ['upright.Plan', 'jsonschema', 'json', plans.length],
      '/fan': ['upright.Fan', 'jsonschema', 'json', fanCount],
      '/event': ['upright.Event', 'jsonschema', 'json', events.length],
      '/timing': ['upright.Timing', 'jsonschema', 'json', timings.length],
    });
    expect(seen.counted).toBe(periods.length + plans.length + fanCount + events.length + timings.length);
    expect(seen).toMatchObject({ format: 'upright episode', plant: 'pendulum' });
    expect(seen.rows.map(([, angle]) => angle)).toEqual(periods.map(({ state }) => state[0]));
    const began = Date.parse(header.startedAt) / 1000;
    seen.rows.forEach(([time], i) => expect(time / 1e9 - began).toBeCloseTo(periods[i]!.time, 6));
  },
  60_000,
);
