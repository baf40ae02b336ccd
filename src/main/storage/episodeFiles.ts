import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  headerTexts,
  namesOf,
  periodText,
  planText,
  type EpisodeHeader,
  type EpisodeSink,
  type FanFrame,
  type PeriodNames,
  type RecordedPeriod,
  type RecordedPlan,
} from '../../shared/episodes/record';
import { eventText, topicOfEvent, type RecordedEvent } from '../../shared/episodes/eventRecord';
import { fanText } from '../../shared/episodes/fanRecord';
import { decodePlanFrame } from '../../shared/episodes/planFrame';
import { timingText, type RecordedTiming } from '../../shared/episodes/timingRecord';
import { HEADER_METADATA, topicIds, topics, type TopicId } from '../../shared/episodes/topics';
import { freeBytesIn } from './diskWatch';
import { McapChunkWriter } from './mcap/chunkWriter';
import { PartFile, realFileCalls, type FileCalls } from './mcap/partFile';

/** Periods of a chunk, unless somebody flushes: what a run that is killed may lose of an episode on a stepped clock. */
const PERIODS_A_CHUNK = 20;
const CHUNK_BYTES = 1e6;
/** With less left on the disk no episode is begun: one of a minute at 200 Hz takes some 20 MB. */
const LEAST_FREE_BYTES = 200e6;
/** What some system takes for a path, or a shell for more than a name. */
const NOT_IN_NAMES = /[^\p{L}\p{N}._() -]+/gu;
/** Episodes of one name in a folder at most, before something is wrong. */
const MOST_OF_A_NAME = 10_000;

/**
 * Writes each episode into a recording of its own in one folder. A disk that fails ends the recording of this episode, with a
 * sentence to whoever listens, and nothing else: the run goes on.
 */
export class EpisodeFiles implements EpisodeSink {
  private open:
    { readonly file: PartFile; readonly writer: McapChunkWriter; readonly names: PeriodNames; readonly startsAt: number } | undefined;
  private inChunk = 0;
  /** Seconds of the newest period, at which plans, fans and events are stamped. */
  private time = 0;
  /** Seconds of the episode until which everything was handed to the system. */
  private kept = 0;
  /** Bytes handed to the system, of all episodes. */
  bytes = 0;
  /** Whole recordings, in order. */
  readonly written: string[] = [];

  /**
   * @param folder     is there
   * @param name       of an episode's file, without its ending; a number follows where it is taken
   * @param onTrouble  hears why an episode is not recorded, or not to its end
   */
  constructor(
    private readonly folder: string,
    private readonly name: (header: EpisodeHeader) => string,
    private readonly onTrouble: (text: string) => void,
    private readonly freeBytes: (folder: string) => number = freeBytesIn,
    private readonly calls: FileCalls = realFileCalls,
  ) {}

  /** The file that is written now: a part file still. */
  get openFile(): string | undefined {
    return this.open?.file.path;
  }

  begin(header: EpisodeHeader): void {
    this.abandon();
    this.time = this.kept = 0;
    this.inChunk = 0;
    this.guarded(() => {
      const channels = topicIds.map((id) => topics[id]);
      const metadata = [{ name: HEADER_METADATA, values: headerTexts(header) }];
      const writer = new McapChunkWriter(channels, metadata, `upright ${header.software}`);
      const free = this.freeBytes(this.folder);
      if (free < LEAST_FREE_BYTES)
        throw new Error(
          `${this.folder}: ${Math.round(free / 1e6)} MB are left on the disk, and an episode is recorded with ${LEAST_FREE_BYTES / 1e6} MB or more. Make room.`,
        );
      const file = this.create(this.name(header).replace(NOT_IN_NAMES, '_'));
      this.open = { file, writer, names: namesOf(header), startsAt: Date.parse(header.startedAt) };
      this.append(writer.head());
    });
  }
  period(period: RecordedPeriod): void {
    const { open } = this;
    if (open === undefined) return;
    this.time = period.time;
    this.add('telemetry', periodText(period, open.names));
    if (++this.inChunk >= PERIODS_A_CHUNK) this.flush();
  }
  plan(plan: RecordedPlan): void {
    this.add('plan', planText(plan));
  }
  fan({ bytes, searched }: FanFrame): void {
    if (this.open === undefined) return;
    this.add('fan', fanText(decodePlanFrame(bytes), Infinity, searched));
    // fans with all their paths fill a chunk long before its periods do
    if (this.open.writer.waitingBytes > CHUNK_BYTES) this.flush();
  }
  event(event: RecordedEvent): void {
    this.add(topicOfEvent(event), eventText(event));
  }
  timing(timing: RecordedTiming): void {
    this.add('timing', timingText(timing));
  }
  end(): void {
    this.flush();
    const { open } = this;
    if (open === undefined) return;
    this.guarded(() => {
      this.append(open.writer.end());
      this.written.push(open.file.close());
      this.open = undefined;
    });
  }
  /** Hands to the system what waits; a process that dies afterwards loses none of it. */
  flush(): void {
    this.inChunk = 0;
    this.guarded(() => {
      const chunk = this.open?.writer.chunk();
      if (chunk === undefined) return;
      this.append(chunk);
      this.kept = this.time;
    });
  }
  /** Resolves when everything that was flushed before is on the disk; at once when no file is open. */
  async sync(): Promise<void> {
    const { open } = this;
    try {
      await open?.file.sync();
    } catch (error) {
      // one that has ended meanwhile was synced by its end
      if (open === this.open) this.fail(error);
    }
  }
  /** Leaves an episode that did not end as a part file, which `upright recover` makes whole. */
  abandon(): void {
    this.open?.file.abandon();
    this.open = undefined;
  }

  private add(topic: TopicId, text: string): void {
    const { open } = this;
    if (open === undefined) return;
    const nanoseconds = BigInt(open.startsAt) * 1_000_000n + BigInt(Math.round(this.time * 1e9));
    open.writer.add(topicIds.indexOf(topic), nanoseconds, text);
  }
  private append(bytes: Uint8Array): void {
    this.open!.file.append(bytes);
    this.bytes += bytes.length;
  }
  private create(name: string): PartFile {
    for (let copy = 1; copy < MOST_OF_A_NAME; copy++) {
      const free = copy === 1 ? name : `${name}_${copy}`;
      const isTaken = ['.mcap', '.mcap.part'].some((ending) => existsSync(join(this.folder, free + ending)));
      if (!isTaken) return PartFile.create(this.folder, free, this.calls);
    }
    throw new Error(`There are ${MOST_OF_A_NAME} recordings "${name}" in ${this.folder}. Choose another folder.`);
  }
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }
  private fail(error: unknown): void {
    const kept = this.open === undefined ? '' : ` Its first ${this.kept.toFixed(2)} s are kept.`;
    this.onTrouble(`${error instanceof Error ? error.message : String(error)}${kept}`);
    this.abandon();
  }
}

/** Recordings of a folder that were left in the middle and not made whole yet. */
export async function leftPartsIn(folder: string): Promise<string[]> {
  return leftPartsAmong(await readdir(folder).catch(() => [])); // a folder that is not there holds none
}
/** Part files without a whole one beside them, by name. */
export function leftPartsAmong(names: readonly string[]): string[] {
  const all = new Set(names);
  return names.filter((name) => name.endsWith('.mcap.part') && !all.has(name.slice(0, -'.part'.length))).sort();
}
